import {describe, expect, it} from 'vitest'
import {parseReference} from '../../../src/lib/config/reference.ts'

describe('parseReference', () => {
  it.each([
    ['${env:DB_PASSWORD}', {from: 'env', name: 'DB_PASSWORD'}],
    ['${file:./secrets/db}', {from: 'file', path: './secrets/db'}],
    ['${file:/run/my secrets/db}', {from: 'file', path: '/run/my secrets/db'}],
    ['${cmd:[pass, show, grafana/db]}', {from: 'cmd', argv: ['pass', 'show', 'grafana/db']}],
    ['${cmd:[sh, "-c", "echo 1, 2; true"]}', {from: 'cmd', argv: ['sh', '-c', 'echo 1, 2; true']}],
    ['${cmd:[bw, get, 123]}', {from: 'cmd', argv: ['bw', 'get', '123']}],
    ['plain', {from: 'none'}],
    ['pa$$word{}', {from: 'none'}],
    ['${HOME}', {from: 'none'}],
  ])('reads %s', (text, expected) => expect(parseReference(text)).toEqual(expected))

  it.each([
    '${env:}',
    '${env:A-B}',
    '${file:}',
    '${file:~/db}',
    '${cmd:pass show}',
    '${cmd:[]}',
    '${cmd:[a, [b]]}',
    'x${env:A}',
    '${env:A',
  ])('refuses %s', text => expect(parseReference(text)).toMatchObject({from: 'malformed'}))
})
