import {describe, expect, it} from 'vitest'
import {skipBalancers} from '../../../../src/lib/actions/change/skip-balancers.ts'
import {aCluster, anSshTarget} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'

const hosts = ['lb1', 'lb2'].map(name => ({name, ssh: anSshTarget()}))
const cluster = aCluster({loadBalancer: aHaproxy({hosts})})

describe('leaving balancer hosts out', () => {
  it('keeps the others, and remembers who was left out', () => {
    expect(skipBalancers(cluster, ['lb2']).loadBalancer).toMatchObject({
      hosts: [{name: 'lb1'}],
      skipped: [{name: 'lb2'}],
    })
    expect(skipBalancers(cluster, [])).toBe(cluster)
  })

  it('is refused for a host that is not there, and for the last one', () => {
    const message = 'no balancer host is named lb3; did you mean lb1?'
    expect(() => skipBalancers(cluster, ['lb3'])).toThrow(expect.objectContaining({message, exit: 'usage'}))
    expect(() => skipBalancers(cluster, ['lb1', 'lb2'])).toThrow('no balancer would be left to ask')
    expect(() => skipBalancers(aCluster(), ['lb1'])).toThrow('no balancer host is named lb1')
  })
})
