import {describe, expect, it} from 'vitest'
import {readCluster} from '../../../src/lib/config/read-cluster.ts'
import {envOf, MemoryFiles, programsOf} from '../../support/local-fakes.ts'

const FILE = '/prod/gha.yaml'

async function warningsOf({
  settings = '{}',
  secretKey = '${file:key}',
  mode = 0o600,
  rest = '',
}): Promise<readonly string[]> {
  const text = `apiVersion: gha/v1
kind: Cluster
name: prod
grafana:
  version: 10.2.0
  rootUrl: https://grafana.example.com/
  secretKey: ${secretKey}
  settings: ${settings}
nodes: [ { name: gf1, host: a }, { name: gf2, host: b } ]
database: { type: postgres, host: db, name: g, user: g, password: "\${env:DB}" }
${rest}
`
  const files = new MemoryFiles({[FILE]: text})
  files.put('/prod/key', 'k', mode)
  const read = await readCluster(text, {file: FILE, files, env: envOf({DB: 'x'}), programs: programsOf({})})
  if ('problems' in read) throw new Error(read.problems.map(problem => problem.text).join())
  return read.warnings.map(({line, path, text: what}) => `${line} ${path}: ${what}`)
}

describe('a cluster file that works but should not stay so', () => {
  it('gives no warning where there is nothing to warn of', async () => {
    const settings = '{ users: { allow_sign_up: false }, feature_toggles: { myToggle: true }, "plugin.acme": { a: b } }'
    expect(await warningsOf({settings})).toEqual([])
  })

  it.each([
    ['a secret in clear text', {secretKey: 'clear'}, '7 grafana/secretKey: this secret stands in clear text'],
    ['a secret that everybody can read', {mode: 0o604}, '7 grafana/secretKey: every user of this machine can read key'],
    [
      'a secret setting in clear text',
      {settings: '{ smtp: { password: x } }'},
      '8 grafana/settings/smtp/password: this secret',
    ],
    [
      'a slip in a key',
      {settings: '{ users: { allow_signup: false } }'},
      '8 grafana/settings/users/allow_signup: Grafana knows no allow_signup in [users]; did you mean allow_sign_up?',
    ],
    [
      'a slip in a section',
      {settings: '{ user: { allow_sign_up: false } }'},
      '8 grafana/settings/user/allow_sign_up: Grafana knows no section [user]; did you mean [users]?',
    ],
    [
      'a key that is too new',
      {settings: '{ database: { high_availability: true } }'},
      '8 grafana/settings/database/high_availability: Grafana reads this key from 11.6.0 on',
    ],
    [
      'an expansion that stays literal',
      {settings: '{ smtp: { host: "${SMTP_HOST}" } }'},
      '8 grafana/settings/smtp/host: is taken literally',
    ],
    [
      'a mesh that is none',
      {rest: 'alerting: { mode: single }'},
      '11 alerting/mode: with single, every node sends each notification',
    ],
  ])('warns of %s', async (_, wish, warning) => {
    expect(await warningsOf(wish)).toEqual([expect.stringContaining(warning)])
  })
})
