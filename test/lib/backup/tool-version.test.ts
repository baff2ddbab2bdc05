import {describe, expect, test} from 'vitest'
import {readToolVersion, whyNot} from '../../../src/lib/backup/tool-version.ts'

describe('the version of a client tool', () => {
  test.each([
    ['pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', 'PostgreSQL', '15.18'],
    ['pg_dump (PostgreSQL) 18beta1', 'PostgreSQL', '18'],
    ['mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)', 'MariaDB', '10.11.19'],
    ['mariadb-dump from 11.4.2-MariaDB, client 10.19 for Linux (x86_64)', 'MariaDB', '11.4.2'],
    ['mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)', 'MySQL', '8.0.36'],
    ['mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)', 'MySQL', '5.7.44'],
  ])('%s', (text, product, version) => {
    expect(readToolVersion(text)).toEqual({product, version})
  })

  test('is unknown in other words', () => {
    expect(readToolVersion('hello 1.2')).toBeUndefined()
  })
})

describe('a tool for a server', () => {
  const server = {product: 'PostgreSQL', version: '16.4 (Debian)'} as const

  test('may be newer, and of the same major version', () => {
    expect(whyNot({product: 'PostgreSQL', version: '16.1'}, server)).toBeUndefined()
    expect(whyNot({product: 'PostgreSQL', version: '17.0'}, server)).toBeUndefined()
  })

  test('must not be older or of another product', () => {
    expect(whyNot({product: 'PostgreSQL', version: '15.9'}, server)).toBe(
      'it is version 15.9, older than the server (16.4)',
    )
    expect(whyNot({product: 'MariaDB', version: '11.4.2'}, {product: 'MySQL', version: '8.0.36'})).toMatch(/MariaDB/)
  })
})
