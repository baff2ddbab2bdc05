import {describe, expect, it} from 'vitest'
import {balancerStatus} from '../../../src/lib/checks/balancer-status.ts'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import type {BalancerView} from '../../../src/lib/ports/balancer.ts'
import {aCluster, anSshTarget} from '../../support/a-cluster.ts'
import {anOwnedFile} from '../../support/a-load-balancer.ts'
import {aNodeObservation, anEmptyNode, judgeNode} from '../../support/an-observation.ts'

const haproxy = {
  type: 'haproxy',
  hosts: ['lb1', 'lb2'].map(name => ({name, ssh: anSshTarget()})),
  backends: ['grafana'],
  socket: '/run/haproxy.sock',
  drainTimeoutSeconds: 30,
} as const
const cluster = aCluster({loadBalancer: haproxy})

const view = (balancer: string, state: BalancerView['state'] = 'in'): BalancerView => ({
  balancer,
  server: 'gf1',
  state,
  words: state.toUpperCase(),
})

const judge = (views: readonly BalancerView[], node = aNodeObservation()) =>
  judgeNode(balancerStatus, node, {cluster, balancer: known(views)})

describe('balancer/status', () => {
  it('passes only when every balancer sends requests', () => {
    expect(judge([view('lb1'), view('lb2')])).toMatchObject({status: 'passed', detail: 'lb1: IN, lb2: IN'})
    expect(judge([view('lb1')])).toMatchObject({status: 'failed', detail: 'not known to lb2'})
  })

  it('fails a node that is down, and warns of one that is held out', () => {
    expect(judge([view('lb1'), view('lb2', 'down')]).severity).toBeUndefined()
    expect(judge([view('lb1'), view('lb2', 'down')])).toMatchObject({status: 'failed', detail: 'lb2: DOWN'})
    expect(judge([view('lb1'), view('lb2', 'drain')])).toMatchObject({status: 'failed', severity: 'warning'})
  })

  it('is skipped for a node that is not there yet', () => {
    expect(judge([view('lb1', 'down'), view('lb2', 'down')], anEmptyNode())).toMatchObject({status: 'skipped'})
    expect(judge([], anEmptyNode())).toMatchObject({status: 'skipped'})
  })

  it('is skipped for a balancer that gha has yet to set up, and for no other', () => {
    const balancer = unknown('there is no socket', 'BALANCER_SOCKET_MISSING')
    const file = anOwnedFile({path: '/etc/haproxy/haproxy.cfg', bind: '*:80'})
    const owned = aCluster({loadBalancer: {...haproxy, file}})
    expect(judgeNode(balancerStatus, anEmptyNode(), {cluster: owned, balancer})).toMatchObject({
      status: 'skipped',
      detail: 'not set up yet: there is no socket',
    })
    expect(judgeNode(balancerStatus, aNodeObservation(), {cluster: owned, balancer}).status).toBe('unknown')
    expect(judgeNode(balancerStatus, anEmptyNode(), {cluster, balancer}).status).toBe('unknown')
    const unreachable = unknown('no route to lb1', 'HOST_UNREACHABLE')
    expect(judgeNode(balancerStatus, anEmptyNode(), {cluster: owned, balancer: unreachable}).status).toBe('unknown')
  })

  it('is unknown where a balancer does not tell, and skipped without one', () => {
    expect(judgeNode(balancerStatus, aNodeObservation(), {cluster, balancer: unknown('no socket')})).toMatchObject({
      status: 'unknown',
      detail: 'no socket',
    })
    expect(judgeNode(balancerStatus, aNodeObservation())).toMatchObject({status: 'skipped'})
  })
})
