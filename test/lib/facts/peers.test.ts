import {describe, expect, it} from 'vitest'
import {dialPeers} from '../../../src/lib/facts/peers.ts'
import {DialError} from '../../../src/lib/ports/host.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {FakeHost} from '../../support/fake-ports.ts'

describe('the way to the peers', () => {
  it('is dialled to the mesh port of every other node', async () => {
    const cluster = aCluster({alerting: {mode: 'gossip', port: 9095}})
    const host = new FakeHost('gf1', {
      dial(destination) {
        if ('host' in destination && destination.port === 9095 && destination.host === '10.0.0.12') return undefined
        throw new DialError('refused', 'connection refused')
      },
    })
    expect(await dialPeers(cluster, cluster.nodes[0]!, host)).toEqual([
      {peer: 'gf2', outcome: 'open', detail: ''},
      {peer: 'gf3', outcome: 'refused', detail: 'connection refused'},
    ])
  })

  it('is not asked for where there is no mesh', async () => {
    const cluster = aCluster({alerting: {mode: 'single'}})
    expect(await dialPeers(cluster, cluster.nodes[0]!, new FakeHost('gf1'))).toEqual([])
  })
})
