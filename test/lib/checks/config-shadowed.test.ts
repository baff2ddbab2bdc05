import {describe, expect, it} from 'vitest'
import {configShadowed} from '../../../src/lib/checks/config-shadowed.ts'
import type {ServiceState} from '../../../src/lib/facts/service.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {literal} from '../../../src/lib/model/settings.ts'
import {aNodeObservation, aProcess, judgeNode} from '../../support/an-observation.ts'

const settings = {
  '': {instance_name: literal('gf1')},
  server: {root_url: literal('https://x/')},
  'auth.generic_oauth': {client_id: literal('x')},
}

const judge = (service: Partial<ServiceState>) => {
  const fact = known({state: 'active', words: 'active', configured: [], ...service} as const)
  return judgeNode(configShadowed, aNodeObservation({service: fact}), {wish: {settings}})
}
const running = (...environment: string[]) => judge({process: aProcess({environment})})

describe('config/shadowed', () => {
  it.each([
    ['a plain section', 'GF_SERVER_ROOT_URL'],
    ['the header-less section', 'GF_DEFAULT_INSTANCE_NAME'],
    ['a section with a dot', 'GF_AUTH_GENERIC_OAUTH_CLIENT_ID'],
    ["the container's file form", 'GF_SERVER_ROOT_URL__FILE'],
  ])('fails for %s', (_what, name) => {
    expect(running(name)).toMatchObject({status: 'failed', detail: `${name} of the running process`})
  })

  it('passes a variable that no wish knows', () => {
    expect(running('GF_SERVER_DOMAIN', 'GF_PATHS_HOME')).toMatchObject({status: 'passed'})
  })

  it('says where the next start would get it from', () => {
    const configured = [{name: 'GF_SERVER_ROOT_URL', from: '/etc/default/grafana-server'}]
    expect(judge({configured, process: aProcess({environment: ['GF_SERVER_ROOT_URL']})}).detail).toBe(
      'GF_SERVER_ROOT_URL in /etc/default/grafana-server',
    )
  })

  it('fails for a word on the command line', () => {
    expect(judge({process: aProcess({overrides: ['server.root_url', 'log.mode']})}).detail).toBe(
      'cfg:server.root_url of the running process',
    )
  })
})
