import {describe, expect, it} from 'vitest'
import {chooseLookout, refuseUnwatched} from '../../../../src/lib/actions/change/lookout.ts'
import {unwatched} from '../../../../src/lib/actions/change/unwatched.ts'
import type {Cluster} from '../../../../src/lib/model/cluster.ts'
import type {Plan} from '../../../../src/lib/plan/plan.ts'
import {DialError} from '../../../../src/lib/ports/host.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'
import {FakeHost, FakeHosts, FakeHttp} from '../../../support/fake-ports.ts'

const PROBE = {url: 'http://grafana.example.com/', intervalMilliseconds: 250, errorBudget: 0.02, soakSeconds: 10}
const WATCHED = aCluster({
  nodes: [aNode({name: 'gf1'}), aNode({name: 'gf2'})],
  loadBalancer: aHaproxy(),
  rollout: {...aCluster().rollout, probe: PROBE},
})

interface Wanted {
  readonly cluster?: Cluster
  readonly interrupts?: boolean
  readonly reached?: boolean
}

async function choose({cluster = WATCHED, interrupts = true, reached = true}: Wanted) {
  const host = new FakeHost('any')
  const http = new FakeHttp(() => {
    if (reached) return {body: '{"database":"ok"}'}
    throw new DialError('refused', 'connection refused')
  })
  const ports = {here: host, hosts: new FakeHosts({lb1: host, gf1: host}), http} as unknown as Ports
  const plan = {waves: [[{node: 'gf1', interrupts}]], step: {kind: 'none'}} as unknown as Plan
  return {lookout: await chooseLookout(cluster, ports, plan), asked: http.asked}
}

describe('who watches users during a rollout', () => {
  it('is said in the plan', async () => {
    const {lookout} = await choose({})
    const words = 'what users get is watched: http://grafana.example.com/ from this machine'
    expect(lookout).toMatchObject({kind: 'found', words})
    expect(() => refuseUnwatched(lookout)).not.toThrow()
  })

  it('only measures where users are bound to notice', async () => {
    const {lookout} = await choose({cluster: {...WATCHED, loadBalancer: {type: 'none'}}})
    expect(lookout).toMatchObject({kind: 'found', words: expect.stringContaining('so it is only measured')})
  })

  it('is nobody where nobody can and nothing would end by it', async () => {
    const {lookout} = await choose({cluster: {...WATCHED, loadBalancer: {type: 'none'}}, reached: false})
    expect(lookout).toMatchObject({kind: 'nobody', words: expect.stringContaining('connection refused')})
    expect(() => refuseUnwatched(lookout)).not.toThrow()
  })

  it('is nobody where nobody shall', async () => {
    const {lookout, asked} = await choose({cluster: unwatched(WATCHED)})
    expect(asked).toEqual([])
    expect(lookout).toEqual({kind: 'nobody', words: 'nobody watches what users get meanwhile, as wished'})
    expect(() => refuseUnwatched(lookout)).not.toThrow()
  })

  it('is nobody where no serving node is touched, without a word', async () => {
    const {lookout, asked} = await choose({interrupts: false})
    expect(lookout).toEqual({kind: 'needless'})
    expect(asked).toEqual([])
  })

  it('must be somebody: the rollout is refused where nobody can, with every reason', async () => {
    const {lookout} = await choose({reached: false})
    expect(() => refuseUnwatched(lookout)).toThrow(
      expect.objectContaining({
        code: 'PROBE_UNREACHABLE',
        exit: 'preflight',
        message: expect.stringMatching(
          /^nobody can watch what users get: http:.* from this machine: connection refused; /,
        ),
      }),
    )
  })
})
