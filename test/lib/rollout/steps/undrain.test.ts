import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {undrain} from '../../../../src/lib/rollout/steps/undrain.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'
import {aTurn, ObedientBalancer} from '../../../support/a-run.ts'
import {ShamNode} from '../../../support/sham-node.ts'

let sham: ShamNode
beforeEach(() => {
  sham = new ShamNode()
})
afterEach(() => sham.remove())

function turn(states: ConstructorParameters<typeof ObedientBalancer>[0]) {
  const node = aNode({name: 'gf1', balancerName: 'gf1', paths: {...aNode().paths, state: sham.state}})
  return aTurn({
    cluster: aCluster({
      nodes: [node],
      loadBalancer: aHaproxy(),
      grafana: {install: {method: 'tarball', source: {type: 'push', directory: '/nowhere'}}},
    }),
    node,
    balancer: new ObedientBalancer(states),
    hosts: {gf1: sham.host},
  })
}

describe('the way back into the balancer', () => {
  it('is over when the balancer says so', async () => {
    await expect(undrain.apply(turn({gf1: 'out'}), {kind: 'undrain'})).resolves.toBe('serving')
  })

  it('is not over while the balancer does not know the server', async () => {
    await expect(undrain.apply(turn({gf2: 'in'}), {kind: 'undrain'})).rejects.toMatchObject({
      code: 'UNDRAIN_NOT_CONFIRMED',
      message: expect.stringContaining('unknown to the balancer'),
    })
  })
})
