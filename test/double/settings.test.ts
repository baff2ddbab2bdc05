import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {hostname, tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeEach, describe, expect, it} from 'vitest'
import {envName, loadSettings} from './settings.ts'

const home = mkdtempSync(path.join(tmpdir(), 'double-settings-'))
afterAll(() => rmSync(home, {recursive: true}))

const DEFAULTS = `instance_name = \${HOSTNAME}
[server]
protocol = http
domain = localhost
http_port = 3000
root_url = %(protocol)s://%(domain)s:%(http_port)s/
[paths]
data = data
[database]
user = root
password =
url =
[users]
default_theme = dark
password_hint = none
[auth.basic]
enabled = true
[parent]
shared = from parent
[parent.child]
own = mine
`

beforeEach(() => {
  mkdirSync(path.join(home, 'conf'), {recursive: true})
  rmSync(path.join(home, 'conf', 'custom.ini'), {force: true})
  writeFileSync(path.join(home, 'conf', 'defaults.ini'), DEFAULTS)
})

const load = (lines: string, extra: {properties?: string[]; env?: Record<string, string>} = {}) => {
  const config = path.join(home, 'grafana.ini')
  writeFileSync(config, lines)
  return loadSettings({homepath: home, config, env: {}, ...extra})
}

describe('the layers of settings', () => {
  it('come in order: default, cfg:default, file, environment, cfg', () => {
    const all = {properties: ['cfg:default.server.domain=two'], env: {}}
    expect(load('').text('server', 'domain')).toBe('localhost')
    expect(load('', all).text('server', 'domain')).toBe('two')
    expect(load('[server]\ndomain = three', all).text('server', 'domain')).toBe('three')
    const env = {GF_SERVER_DOMAIN: 'four'}
    expect(load('[server]\ndomain = three', {...all, env}).text('server', 'domain')).toBe('four')
    const properties = [...all.properties, 'cfg:server.domain=five']
    expect(load('[server]\ndomain = three', {properties, env}).text('server', 'domain')).toBe('five')
  })

  it('read custom.ini only when no file is named', () => {
    writeFileSync(path.join(home, 'conf', 'custom.ini'), '[server]\ndomain = custom')
    expect(loadSettings({homepath: home, env: {}}).text('server', 'domain')).toBe('custom')
    expect(load('').text('server', 'domain')).toBe('localhost')
  })

  it('keep a default that the file leaves empty', () => {
    expect(load('[users]\ndefault_theme =').text('users', 'default_theme')).toBe('dark')
  })

  it('take the environment only for keys that exist, and never an empty value', () => {
    const env = {GF_SERVER_UNKNOWN: 'x', GF_SERVER_DOMAIN: '', GF_AUTH_BASIC_ENABLED: 'false'}
    const settings = load('', {env})
    expect(settings.text('server', 'unknown')).toBe('')
    expect(settings.text('server', 'domain')).toBe('localhost')
    expect(settings.on('auth.basic', 'enabled')).toBe(false)
    expect(load('[server]\nunknown = y', {env}).text('server', 'unknown')).toBe('x')
  })

  it('name the header-less section DEFAULT in the environment and nothing in cfg', () => {
    expect(envName('DEFAULT', 'instance_name')).toBe('GF_DEFAULT_INSTANCE_NAME')
    expect(load('', {env: {GF_DEFAULT_INSTANCE_NAME: 'gf1'}}).text('DEFAULT', 'instance_name')).toBe('gf1')
    expect(load('', {properties: ['cfg:instance_name=gf2']}).text('DEFAULT', 'instance_name')).toBe('gf2')
  })

  it('refuse a cfg argument with two equals signs, and with none', () => {
    expect(() => load('', {properties: ['cfg:server.domain=a=b']})).toThrow(/Invalid command line argument/)
    expect(() => load('', {properties: ['cfg:server.domain']})).toThrow(/Invalid command line argument/)
  })

  it('refuse a file that does not parse', () => {
    expect(() => load('nonsense')).toThrow(/failed to parse ".*grafana.ini": key-value delimiter not found/)
  })
})

describe('the expansion of settings', () => {
  it('fills in the environment by both spellings, unset as empty', () => {
    const settings = load('[database]\nuser = $__env{WHO}${NOPE}end', {env: {WHO: 'me'}})
    expect(settings.text('database', 'user')).toBe('meend')
  })

  it('falls back to the name of the host', () => {
    expect(load('').text('DEFAULT', 'instance_name')).toBe(hostname())
    expect(load('', {env: {HOSTNAME: 'gf7'}}).text('DEFAULT', 'instance_name')).toBe('gf7')
  })

  it('reads files after the environment and does not expand what they hold', () => {
    const file = path.join(home, 'secret')
    writeFileSync(file, ' ${NOPE}#;` \n')
    const settings = load('[database]\npassword = ${WHERE}', {env: {WHERE: `$__file{${file}}`}})
    expect(settings.text('database', 'password')).toBe('${NOPE}#;`')
    expect(() => load('[database]\npassword = $__file{/does/not/exist}')).toThrow(/ENOENT/)
  })

  it('fills in %(name)s from the same section, then the header-less one, and else leaves it', () => {
    const settings = load('[database]\npassword = %(user)s-%(instance_name)s-%(nobody)s', {env: {HOSTNAME: 'gf1'}})
    expect(settings.text('database', 'password')).toBe('root-gf1-%(nobody)s')
    expect(settings.text('server', 'root_url')).toBe('http://localhost:3000/')
  })

  it('fills in %(name)s that came from a file too', () => {
    const file = path.join(home, 'secret')
    writeFileSync(file, '%(user)s')
    expect(load(`[database]\npassword = $__file{${file}}`).text('database', 'password')).toBe('root')
  })

  it('expands even what stands in backticks', () => {
    expect(load('[database]\npassword = `a${X}b`', {env: {X: '-'}}).text('database', 'password')).toBe('a-b')
  })

  it('gives a child section the keys of its parent', () => {
    expect(load('').text('parent.child', 'shared')).toBe('from parent')
    expect(load('').text('parent.child', 'own')).toBe('mine')
  })
})

describe('the settings an administrator sees', () => {
  it('are uninterpolated, with every password and secret masked', () => {
    const lines = '[database]\npassword = %(user)s-x\nuser = %(password)s-u\n[security]\nsecret_key = k\n'
    const shown = load(lines).shown()
    expect(shown['database']).toMatchObject({password: '*********', user: '%(password)s-u'})
    expect(shown['users']?.['password_hint']).toBe('*********')
    expect(shown['security']?.['secret_key']).toBe('*********')
  })

  it('are items put together anew, and nothing where a bracket begins no list', () => {
    const shown = load(
      '[server]\na = one, two\nb = ["x", "y"]\nc = [fd00::20]:9094\n[enterprise]\nlicense_path = /l',
    ).shown()
    expect(shown['server']).toMatchObject({a: 'one,two', b: 'x,y', c: ''})
    expect(shown['enterprise']?.['license_path']).toBe('*********')
  })

  it('hide the password in an address and leave empty secrets empty', () => {
    const shown = load('[database]\nurl = postgres://u:pw@db:5432/grafana').shown()
    expect(shown['database']?.['url']).not.toContain('pw')
    expect(shown['database']?.['password']).toBe('')
  })
})
