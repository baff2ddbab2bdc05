import {describe, expect, it} from 'vitest'
import {beyond} from '../../../src/lib/plan/beyond.ts'
import type {BalancerFilePlan, Plan} from '../../../src/lib/plan/plan.ts'
import {planChanges} from '../../../src/lib/plan/plan-changes.ts'
import type {Situation} from '../../../src/lib/plan/situation.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aHaproxy} from '../../support/a-load-balancer.ts'
import {aSituation} from '../../support/a-situation.ts'

const INI = '/etc/grafana/grafana.ini'
const changed: Partial<Situation> = {
  reasons: [`update ${INI}`],
  changes: [{path: INI, change: 'update'}],
  seen: new Map([[INI, 'old']]),
}

function plan(situations: readonly Situation[], balancerFiles: readonly BalancerFilePlan[] = []): Plan {
  const cluster = aCluster({loadBalancer: aHaproxy()})
  return planChanges({cluster, verb: 'rollout', situations, balancerFiles, schema: {there: true}})
}

describe('a plan made anew', () => {
  const confirmed = plan([aSituation('gf1', changed), aSituation('gf2', changed), aSituation('gf3')])

  it('asks for nothing more when nothing moved', () => {
    expect(beyond(confirmed, confirmed)).toEqual([])
  })

  it('may ask for less: an earlier run has just ended a node', () => {
    expect(beyond(confirmed, plan([aSituation('gf1'), aSituation('gf2', changed), aSituation('gf3')]))).toEqual([])
  })

  it('may go another way to the same files: a node was on its way and is out now', () => {
    const gf1 = aSituation('gf1', {heldOut: true, armed: {wayBack: 'old'}, server: 'out'})
    expect(beyond(confirmed, plan([gf1, aSituation('gf2', changed), aSituation('gf3')]))).toEqual([])
  })

  it.each<[string, Partial<Situation>]>([
    ['was edited by hand since', {...changed, changes: [{path: INI, change: 'update', foreign: 'edited'}]}],
    ['is another one than was shown', {...changed, seen: new Map([[INI, 'other']])}],
    ['is gone', {...changed, changes: [{path: INI, change: 'create'}]}],
  ])('names a file that %s', (_, now) => {
    expect(beyond(confirmed, plan([aSituation('gf1', now), aSituation('gf2', changed)]))).toEqual([`gf1: ${INI}`])
  })

  it('names a node that was as wished and is not any more', () => {
    const gf3 = aSituation('gf3', {reasons: ['Grafana does not run'], running: false})
    const now = plan([aSituation('gf1', changed), aSituation('gf2', changed), gf3])
    expect(beyond(confirmed, now)).toEqual(['gf3 needs work too: Grafana does not run'])
  })

  it('names a file of the balancer that was not shown, or not as it is', () => {
    const file: BalancerFilePlan = {balancer: 'lb1', path: '/etc/haproxy/haproxy.cfg', change: 'update', seen: 'old'}
    const shown = plan([], [file])
    expect(beyond(plan([]), shown)).toEqual(['lb1: /etc/haproxy/haproxy.cfg'])
    expect(beyond(shown, plan([], [{...file, seen: 'other'}]))).toEqual(['lb1: /etc/haproxy/haproxy.cfg'])
    expect(beyond(shown, shown)).toEqual([])
  })

  it('names another class of version step', () => {
    const other: Plan = {...confirmed, step: {kind: 'additive', reason: 'migrations'}}
    expect(beyond(confirmed, other)).toEqual(['the step to 12.1.0 is additive now, not none'])
  })
})
