import {describe, expect, it} from 'vitest'
import {nameInDsn, postgresDsn, readDsn} from './postgres-dsn.ts'
import type {DatabaseTarget} from './target.ts'

const target = (changed: Partial<DatabaseTarget>): DatabaseTarget => ({
  ...{type: 'postgres', host: 'db', port: '5432', name: 'grafana', user: 'grafana', password: 'secret'},
  ...{sslMode: '', ca: '', clientCert: '', clientKey: '', serverName: '', path: ''},
  ...{maxOpen: 0, maxIdle: 2, lifetimeSeconds: 1, options: new Map()},
  ...changed,
})
const read = (password: string) => readDsn(postgresDsn(target({password}))).get('password')

describe('the PostgreSQL connection string', () => {
  it('carries a plain password, and one with # ; " ` $ = %', () => {
    expect(read('secret')).toBe('secret')
    expect(read('a#b;c"d`e$f=g%h')).toBe('a#b;c"d`e$f=g%h')
  })

  it('carries an empty password', () => {
    expect(read('')).toBe('')
  })

  it('loses a backslash', () => {
    expect(read('a\\b')).toBe('ab')
  })

  it('breaks at a space', () => {
    expect(() => read('a b')).toThrow(/missing "=" after "b"/)
  })

  it('breaks at a leading single quote', () => {
    expect(() => read("'ab")).toThrow(/missing "="/)
  })

  it('gives the lock the leading word characters of the name', () => {
    expect(nameInDsn(postgresDsn(target({name: 'grafana-ha'})))).toBe('grafana')
    expect(nameInDsn(postgresDsn(target({name: 'grafana_ha'})))).toBe('grafana_ha')
  })
})
