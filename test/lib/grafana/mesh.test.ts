import {describe, expect, it} from 'vitest'
import {meshEndpoint, meshPeers} from '../../../src/lib/grafana/mesh.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'

describe('the mesh of the alertmanagers', () => {
  it('counts ports upward where nodes share an address, in the order of the file', () => {
    const nodes = ['10.0.0.1', '10.0.0.2', '10.0.0.1'].map((address, place) => aNode({name: `gf${place}`, address}))
    const cluster = aCluster({nodes, alerting: {mode: 'gossip', port: 9094}})
    expect(nodes.map(node => meshEndpoint(cluster, node)?.port)).toEqual([9094, 9094, 9095])
    expect(meshPeers(cluster)).toBe('10.0.0.1:9094,10.0.0.2:9094,10.0.0.1:9095')
    expect(meshPeers({...cluster, alerting: {mode: 'single'}})).toBe('')
  })

  it('is worked out once, however many nodes ask for it', () => {
    let looks = 0
    const nodes = Array.from({length: 50}, (_, place) => {
      const node = aNode({name: `gf${place}`})
      return Object.defineProperty({...node}, 'address', {
        get: () => {
          looks += 1
          return `10.0.0.${place}`
        },
      })
    })
    const cluster = aCluster({nodes, alerting: {mode: 'gossip', port: 9094}})
    looks = 0
    for (const node of nodes) meshPeers(cluster) && meshEndpoint(cluster, node)
    expect(looks).toBeLessThanOrEqual(4 * nodes.length)
  })
})
