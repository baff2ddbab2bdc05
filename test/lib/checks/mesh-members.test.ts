import {describe, expect, it} from 'vitest'
import {meshMembers} from '../../../src/lib/checks/mesh-members.ts'
import type {MeshMetrics} from '../../../src/lib/facts/metrics.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aJudged, aNodeObservation, anEmptyNode, spoken} from '../../support/an-observation.ts'

const withMesh = (metrics: MeshMetrics) => aNodeObservation({metrics: known(metrics)})
const judge = (...nodes: ReturnType<typeof withMesh>[]) => spoken(meshMembers, aJudged({nodes}))

describe('mesh/members', () => {
  it('passes when all count all, each at its own position', () => {
    expect(judge()).toEqual([0, 1, 2].map(place => `gf${place + 1} passed: 3 members, position ${place}`))
  })

  it('does not expect a node that is not there yet', () => {
    expect(judge(withMesh({members: 2, position: 0}), withMesh({members: 2, position: 1}), anEmptyNode())).toEqual([
      'gf1 passed: 2 members, position 0',
      'gf2 passed: 2 members, position 1',
      'gf3 skipped: not installed yet',
    ])
  })

  it('does not mind that Grafana counts a peer as failed that is not there yet', () => {
    const alone = withMesh({members: 1, position: 0, failedPeers: 2})
    expect(judge(alone, anEmptyNode(), anEmptyNode())[0]).toBe('gf1 passed: 1 members, position 0')
  })

  it('expects a node that should run', () => {
    const service = known({state: 'failed', words: 'failed', configured: []} as const)
    const two = {members: 2, position: 0}
    expect(judge(withMesh(two), withMesh({...two, position: 1}), aNodeObservation({service}))).toEqual([
      'gf1 failed: 2 members, not 3',
      'gf2 failed: 2 members, not 3',
      'gf3 skipped: it does not run',
    ])
  })

  it.each([
    [{members: 2}, '2 members, not 3'],
    [{members: 4}, '4 members, not 3'],
    [{members: 3, failedPeers: 1}, '1 failed peers'],
    [{members: 3, healthScore: 1}, 'health score 1, 0 is healthy'],
    [{members: 3, position: 1}, 'position 1, and so has gf2'],
  ])('fails %j', (metrics, detail) => {
    expect(judge(withMesh(metrics), withMesh({members: 3, position: 1}))[0]).toBe(`gf1 failed: ${detail}`)
  })

  it('is unknown where Grafana publishes nothing', () => {
    expect(judge(withMesh({}))[0]).toMatch(/^gf1 unknown/)
  })
})
