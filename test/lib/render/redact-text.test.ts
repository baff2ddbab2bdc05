import {describe, expect, it} from 'vitest'
import {redactText} from '../../../src/lib/render/redact-text.ts'

const INI = '/etc/grafana/grafana.ini'

describe('what is shown of a file that gha did not write', () => {
  it.each([
    ['a password', '[database]\npassword = HIDDEN'],
    ['a URL of the database', '[database]\nurl = postgres://grafana:HIDDEN@db/grafana'],
    ['a login in any URL', '[remote_cache]\nconnection = redis://user:HIDDEN@cache:6379'],
    ['a password with an @ in it', '[database]\nhost = mysql://grafana:HIDDEN@HIDDEN@@HIDDEN@db/grafana'],
    ['a passphrase', '[auth.jwt]\nkey_passphrase = HIDDEN'],
    ['a connection string', '[session]\nconnection_string = HIDDEN'],
    ['an out-commented secret', ';secret_key = HIDDEN'],
    ['a value of several lines', '[auth]\nclient_secret = """one HIDDEN\ntwo HIDDEN"""\nrest = 1'],
    ['a private key', 'x = -----BEGIN RSA PRIVATE KEY-----\nHIDDEN\n-----END RSA PRIVATE KEY-----'],
    ['a private key that is cut off', 'x = -----BEGIN PRIVATE KEY-----\nHIDDEN\nHIDDEN'],
    ['a secret of TOML', 'bind_password = "HIDDEN"'],
    ['a secret of JSON', '{"apiKey": "HIDDEN",\n "clientKey": "HIDDEN"}'],
  ])('hides %s', (_what, text) => {
    expect(redactText(INI, text)).not.toContain('HIDDEN')
  })

  it.each([
    [
      'a key of TLS',
      'datasources:\n  - secureJsonData:\n      tlsClientKey: |\n        HIDDEN\n        HIDDEN\n    name: x',
    ],
    ['a block', 'tlsClientKey: |\n  HIDDEN\n  HIDDEN\nname: x'],
    ['a login in a URL', 'url: http://admin:HIDDEN@prometheus:9090'],
    ['a passphrase', 'smtp: {passphrase: HIDDEN, host: x}'],
    ['a password with a comma in it', 'smtp: {password: "a, HIDDEN} \\" HIDDEN", host: x}'],
    ['a password with an apostrophe in it', "smtp: {password: 'a'', HIDDEN} HIDDEN', host: x}"],
    [
      'every secret on one line',
      '- {name: a, secureJsonData: {httpHeaderValue1: HIDDEN, x: "HIDDEN}", y: {z: HIDDEN}}}',
    ],
    ['a list of them', 'auth: {tokens: [HIDDEN, HIDDEN], host: x}'],
  ])('hides %s in YAML', (_what, text) => {
    const shown = redactText('/etc/grafana/provisioning/datasources/a.yaml', text)
    expect(shown).not.toContain('HIDDEN')
  })

  it('shows what stands behind a secret on its line', () => {
    const line = '- {name: a, secureJsonData: {x: HIDDEN, y: HIDDEN}, password: "a, HIDDEN", url: http://b}'
    const shown = "- {name: a, secureJsonData: '[secret]', password: '[secret]', url: http://b}"
    expect(redactText('/etc/grafana/provisioning/datasources/a.yaml', line)).toBe(shown)
  })

  it('hides a file whole that holds nothing but a secret', () => {
    expect(redactText('/etc/grafana/gha-secrets/database.password', 'HIDDEN\nHIDDEN')).toBe('[secret]')
  })

  it('leaves everything else as it is', () => {
    const text = '[server]\nroot_url = https://grafana.example.com/\n; a note\n[paths]\ndata = /var/lib/grafana\n'
    expect(redactText(INI, text)).toBe(text)
  })
})
