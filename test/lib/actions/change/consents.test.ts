import {describe, expect, it} from 'vitest'
import {consentsFor, refuseForeign, refuseLoss, refuseNoRollback} from '../../../../src/lib/actions/change/consents.ts'
import type {Staged} from '../../../../src/lib/host/stage.ts'
import type {Plan} from '../../../../src/lib/plan/plan.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {aHaproxy} from '../../../support/a-load-balancer.ts'

describe('what a run will ask for', () => {
  it('is each foreign file once, and the loss where nothing balances', () => {
    const ini = {path: '/etc/grafana/grafana.ini', change: 'update', foreign: 'edited'}
    const file = {balancer: 'lb1', path: '/etc/haproxy/haproxy.cfg', change: 'update', foreign: 'unmanaged'}
    const nodes = ['gf1', 'gf2'].map(node => [{node, steps: [], changes: [ini, {path: '/x', change: 'create'}]}])
    const planned = {verb: 'rollout', from: {}, waves: nodes, balancerFiles: [file]} as unknown as Plan
    const files = ['--take-over /etc/grafana/grafana.ini', '--take-over /etc/haproxy/haproxy.cfg']
    expect(consentsFor(aCluster({loadBalancer: aHaproxy()}), planned)).toEqual(files)
    expect(consentsFor(aCluster(), planned)).toEqual([...files, '--accept-loss'])
  })
})

describe('the loss of a maintenance window', () => {
  it.each([
    [{writer: 'gf1', stops: []}, 'nobody serves, and no alert rule is evaluated'],
    [{stops: []}, 'all nodes that are not past the migration stop together'],
  ])('is refused in its own words until it is accepted: %o', (window, words) => {
    const planned = {verb: 'rollout', window, waves: []} as unknown as Plan
    const refuse = (accepted: boolean) => () => refuseLoss(aCluster({loadBalancer: aHaproxy()}), planned, {accepted})
    expect(refuse(false)).toThrow(
      expect.objectContaining({code: 'LOSS_NOT_ACCEPTED', exit: 'preflight', message: expect.stringContaining(words)}),
    )
    expect(refuse(true)).not.toThrow()
  })
})

describe('a file that gha wrote for another cluster', () => {
  it('is refused with that cluster’s name until it is named', () => {
    const path = '/etc/haproxy/haproxy.cfg'
    const file = {balancer: 'lb1', path, change: 'update', foreign: 'of-another-cluster', owner: 'staging'}
    const planned = {waves: [], balancerFiles: [file]} as unknown as Plan
    expect(() => refuseForeign(planned, [])).toThrow(
      expect.objectContaining({
        code: 'FOREIGN_FILE',
        message: expect.stringContaining(`lb1:${path} (written by gha for the cluster staging)`),
      }),
    )
    expect(() => refuseForeign(planned, [path])).not.toThrow()
  })
})

describe('a rollout whose node could not go back', () => {
  const planned = {verb: 'rollout', onFailure: 'go-back'} as unknown as Plan
  const staged = new Map([
    ['gf1', {previous: '12.1.0-x', wayBack: true}],
    ['gf2', {previous: '12.1.0-y', wayBack: false}],
    ['gf3', {previous: '12.1.0-z', wayBack: false}],
  ])

  it('is refused before the first drain until the operator says so', () => {
    expect(() => refuseNoRollback(planned, staged, {accepted: false})).toThrow(
      expect.objectContaining({
        code: 'NO_WAY_BACK',
        exit: 'preflight',
        node: 'gf2',
        message: 'no way back: the package of 12.1.0-y on gf2, 12.1.0-z on gf3 cannot be had any more',
      }),
    )
    refuseNoRollback(planned, staged, {accepted: true})
  })

  it.each([
    {why: 'each of them could', given: planned, nodes: [['gf1', {previous: '12.1.0-x', wayBack: true}]]},
    {why: 'it is the first release', given: planned, nodes: [['gf1', {wayBack: false}]]},
    {why: 'none shall go back', given: {...planned, onFailure: 'hold-out'}, nodes: [...staged]},
    {why: 'the plan says that none can', given: {...planned, onFailure: 'cannot-go-back'}, nodes: [...staged]},
    {why: 'none serves', given: {...planned, verb: 'apply'}, nodes: [...staged]},
  ] as const)('goes on where $why', ({given, nodes}) => {
    expect(() => refuseNoRollback(given, new Map<string, Staged>(nodes), {accepted: false})).not.toThrow()
  })
})
