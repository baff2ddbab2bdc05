import {describe, expect, it} from 'vitest'
import {meshMessages} from '../../../src/lib/checks/mesh-messages.ts'
import type {MeshMetrics} from '../../../src/lib/facts/metrics.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aJudged, aNodeObservation, spoken} from '../../support/an-observation.ts'

function judge(meshBefore: MeshMetrics, now: MeshMetrics, cluster = aCluster()) {
  const nodes = [aNodeObservation({meshBefore, metrics: known({members: 3, ...now})})]
  return spoken(meshMessages, aJudged({cluster, nodes}))[0]
}

describe('mesh/messages', () => {
  it('compares two looks, and has nothing to say after one', () => {
    expect(spoken(meshMessages, aJudged())).toEqual(['cluster skipped: asked while a rollout brings a node back'])
  })

  it('passes when messages or answers to pings came', () => {
    expect(judge({pings: 3, messagesReceived: 2}, {pings: 8, messagesReceived: 2})).toBe('gf1 passed: 5 more')
    expect(judge({messagesReceived: 2}, {messagesReceived: 3})).toBe('gf1 passed: 1 more')
  })

  it('fails when the counters stand still, although all members are counted', () => {
    const still = {pings: 3, messagesReceived: 2}
    expect(judge(still, still)).toBe('gf1 failed: it has heard nothing since the look before')
  })

  it('is unknown where Grafana publishes no counters', () => {
    expect(judge({}, {})).toMatch(/^gf1 unknown/)
  })

  it('is skipped where nobody could be heard', () => {
    expect(judge({pings: 0}, {members: 1, pings: 0})).toBe('gf1 skipped: it is the only member')
    expect(judge({pings: 0}, {pings: 0}, aCluster({alerting: {mode: 'single'}}))).toBe('gf1 skipped: there is no mesh')
  })
})
