import {describe, expect, it} from 'vitest'
import {grafanaEffectiveSettings} from '../../../src/lib/checks/grafana-effective-settings.ts'
import {REFUSED} from '../../../src/lib/facts/as-admin.ts'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import {Secret} from '../../../src/lib/model/secret.ts'
import {literal, type Settings} from '../../../src/lib/model/settings.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aNodeObservation, judgeNode, keptState} from '../../support/an-observation.ts'

const settings: Settings = {
  '': {instance_name: literal('gf1')},
  server: {http_port: literal(3000), root_url: {kind: 'raw', text: '%(protocol)s://x/'}},
  security: {secret_key: {kind: 'secret', secret: new Secret('planted')}, admin_password: literal('planted')},
}

const judge = (http_port: string, release = '12.1.0-0123456789ab') => {
  const node = aNodeObservation({
    settings: known({DEFAULT: {instance_name: 'gf1'}, server: {http_port}, security: {secret_key: '*********'}}),
    state: known(keptState({release})),
  })
  return judgeNode(grafanaEffectiveSettings, node, {wish: {settings}})
}

describe('grafana/effective-settings', () => {
  it('passes what is as wished, and compares no secrets', () => {
    expect(judge('3000')).toMatchObject({status: 'passed', detail: '2 settings are as wished'})
  })

  it('fails with both values', () => {
    const verdict = judge('8080')
    expect(verdict).toMatchObject({status: 'failed', detail: '[server] http_port is "8080", not "3000"'})
    expect(verdict.severity).toBeUndefined()
  })

  it('only warns where a rollout would bring the wished value', () => {
    expect(judge('8080', '12.1.0-ffffffffffff')).toMatchObject({status: 'failed', severity: 'warning'})
  })

  it('passes what Grafana masks by its section, or spells otherwise', () => {
    const wish = {
      enterprise: {license_path: literal('/etc/grafana/license.jwt')},
      feature_toggles: {enable: literal('one, two')},
      unified_alerting: {ha_advertise_address: literal('[fd00::20]:9094')},
    }
    const listed = {
      enterprise: {license_path: '*********'},
      feature_toggles: {enable: 'one,two'},
      unified_alerting: {ha_advertise_address: ''},
    }
    const node = aNodeObservation({settings: known(listed)})
    expect(judgeNode(grafanaEffectiveSettings, node, {wish: {settings: wish}})).toMatchObject({
      status: 'passed',
      detail: '2 settings are as wished',
    })
  })

  it('is unknown where the admin is refused, and says that a login failed', () => {
    const node = aNodeObservation({settings: unknown(REFUSED)})
    expect(judgeNode(grafanaEffectiveSettings, node)).toMatchObject({status: 'unknown', cause: 'authentication'})
  })

  it('is skipped without an admin', () => {
    const {admin: _admin, ...grafana} = aCluster().grafana
    const cluster = {...aCluster(), grafana}
    expect(judgeNode(grafanaEffectiveSettings, aNodeObservation(), {cluster})).toMatchObject({status: 'skipped'})
  })
})
