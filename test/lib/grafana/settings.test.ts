import {describe, expect, it} from 'vitest'
import {defaultKeys, isDefaultKey} from '../../../src/lib/grafana/key-names.ts'
import {isSecretKey, reads} from '../../../src/lib/grafana/settings.ts'
import {valueProblems} from '../../../src/lib/grafana/value-problems.ts'
import {literal} from '../../../src/lib/model/settings.ts'
import {versionOf} from '../../../src/lib/model/version.ts'

describe("Grafana's settings", () => {
  it('know since when a key is read', () => {
    expect(reads(versionOf('11.0.9'), 'unified_alerting', 'ha_redis_tls_enabled')).toBe(false)
    expect(reads(versionOf('11.1.0'), 'unified_alerting', 'ha_redis_tls_enabled')).toBe(true)
    expect(reads(versionOf('8.0.0'), 'anything', 'else')).toBe(true)
    expect(reads(versionOf('12.0.0'), 'constructor', 'prototype')).toBe(true)
    expect(reads(versionOf('12.0.0'), 'live', 'toString')).toBe(true)
  })

  it('hide what names a secret', () => {
    for (const [section, key] of [
      ['smtp', 'password'],
      ['auth.google', 'client_secret'],
      ['database', 'url'],
      ['remote_cache', 'connstr'],
    ] as const)
      expect(isSecretKey(section, key)).toBe(true)
    expect(isSecretKey('server', 'root_url')).toBe(false)
  })

  it('are known by name, section by section', () => {
    expect(defaultKeys().size).toBeGreaterThan(90)
    expect(isDefaultKey('database', 'ssl_mode')).toBe(true)
    expect(isDefaultKey('', 'instance_name')).toBe(true)
    expect(isDefaultKey('database', 'nope')).toBe(false)
  })

  it.each([
    ['database', 'password', 'a%(ssl_mode)sb', true],
    ['database', 'password', 'a%(instance_name)sb', true],
    ['database', 'password', 'a%(password)sb', false],
    ['database', 'password', 'a%(from_name)sb', false],
    ['auth.google', 'client_secret', 'a%(login_cookie_name)sb', true],
    ['smtp', 'password', '${x} ', true],
    ['sm]tp', 'password', 'x', true],
    ['smtp', 'pass=word', 'x', true],
  ] as const)('[%s] %s = %j is impossible: %s', (...[section, key, text, impossible]) => {
    expect(valueProblems({[section]: {[key]: literal(text)}}).length > 0).toBe(impossible)
  })
})
