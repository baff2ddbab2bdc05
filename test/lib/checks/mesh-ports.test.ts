import {describe, expect, it} from 'vitest'
import {meshPorts} from '../../../src/lib/checks/mesh-ports.ts'
import type {PeerReach} from '../../../src/lib/facts/peers.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aJudged, aNodeObservation, anEmptyNode, judgeNode, spoken} from '../../support/an-observation.ts'

const judge = (outcome: PeerReach['outcome'], peer = aNodeObservation()) => {
  const node = aNodeObservation({peers: known([{peer: 'gf2', outcome, detail: ''}])})
  return spoken(meshPorts, aJudged({nodes: [node, peer, peer]}))[0]
}

describe('mesh/ports', () => {
  it('passes an open port', () => {
    expect(judge('open')).toBe('gf1 passed: 1 peers over TCP; UDP cannot be seen from outside')
  })

  it('passes a refusal before the first start, and fails one afterwards', () => {
    expect(judge('refused', anEmptyNode())).toMatch(/^gf1 passed/)
    expect(judge('refused')).toBe('gf1 failed: gf2 runs, but nothing listens there')
  })

  it('takes silence for a firewall', () => {
    expect(judge('timeout', anEmptyNode())).toBe('gf1 failed: gf2: no answer, which a firewall does')
  })

  it('is unknown where the host does not let gha dial', () => {
    expect(judge('forbidden')).toMatch(/^gf1 unknown/)
  })

  it('is skipped without a mesh', () => {
    const cluster = aCluster({alerting: {mode: 'single'}})
    expect(judgeNode(meshPorts, aNodeObservation(), {cluster})).toMatchObject({status: 'skipped'})
  })
})
