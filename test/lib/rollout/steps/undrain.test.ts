import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {undrain} from '../../../../src/lib/rollout/steps/undrain.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'
import {aTurn, ObedientBalancer, viewsOf} from '../../../support/a-run.ts'
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
    await expect(undrain.apply(turn({gf1: 'out'}), {kind: 'undrain'})).resolves.toBe('serving (lb1: in)')
  })

  it('is not over while one of several balancers sees the server down', async () => {
    const {run, node} = turn({gf1: 'in'})
    const status = async () => [
      ...viewsOf({gf1: 'in'}),
      {balancer: 'lb2', server: 'gf1', state: 'down', words: 'DOWN'} as const,
    ]
    const cluster = {
      ...run.cluster,
      loadBalancer: aHaproxy({hosts: ['lb1', 'lb2'].map(name => ({name, ssh: node.ssh}))}),
    }
    const several = {
      ...turn({}),
      node,
      run: {...run, cluster, balancer: {...run.balancer, undrain: status, status}},
    }
    await expect(undrain.apply(several, {kind: 'undrain'})).rejects.toMatchObject({
      message: expect.stringContaining('balancer/status: lb2: DOWN'),
    })
  })

  it('is not over while the balancer does not know the server', async () => {
    await expect(undrain.apply(turn({gf2: 'in'}), {kind: 'undrain'})).rejects.toMatchObject({
      code: 'UNDRAIN_NOT_CONFIRMED',
      message: expect.stringContaining('balancer/status: not known to lb1'),
    })
  })
})
