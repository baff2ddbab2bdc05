import {describe, expect, it} from 'vitest'
import {grafanaHealth} from '../../../src/lib/checks/grafana-health.ts'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import {aNodeObservation, judgeNode, judgeOne} from '../../support/an-observation.ts'

describe('grafana/health', () => {
  it('passes 200 with a database, and nothing else', () => {
    const healthy = {status: 200, database: 'ok', milliseconds: 2.4}
    expect(judgeOne(grafanaHealth, 'health', healthy)).toMatchObject({status: 'passed', detail: 'version hidden, 2 ms'})
    expect(judgeOne(grafanaHealth, 'health', {...healthy, status: 503})).toMatchObject({status: 'failed'})
    expect(judgeOne(grafanaHealth, 'health', {...healthy, database: 'failing'})).toMatchObject({status: 'failed'})
  })

  it('is unknown where something runs that does not answer', () => {
    const node = aNodeObservation({health: unknown('nothing listens on its port')})
    expect(judgeNode(grafanaHealth, node)).toMatchObject({status: 'unknown'})
  })

  it('is skipped where nothing runs: that is another check', () => {
    const service = known({state: 'failed', words: 'failed', configured: []} as const)
    const node = aNodeObservation({service, health: unknown('nothing listens on its port')})
    expect(judgeNode(grafanaHealth, node)).toMatchObject({status: 'skipped', detail: 'it does not run'})
  })
})
