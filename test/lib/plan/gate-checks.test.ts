import {expect, it} from 'vitest'
import {CHECKS} from '../../../src/lib/checks/registry.ts'
import {nodesOf} from '../../../src/lib/plan/plan.ts'
import {planChanges} from '../../../src/lib/plan/plan-changes.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aSituation} from '../../support/a-situation.ts'

it('asks the gate only for checks that are in the registry', () => {
  const plan = planChanges({
    cluster: aCluster(),
    verb: 'rollout',
    situations: [aSituation('gf1', {reasons: ['update /etc/grafana/grafana.ini']})],
    balancerFiles: [],
    schema: {there: true},
  })
  const named = nodesOf(plan).flatMap(({steps}) => steps.flatMap(step => (step.kind === 'gate' ? step.checks : [])))
  expect(named.length).toBeGreaterThan(0)
  expect(named.filter(id => !CHECKS.some(check => check.id === id))).toEqual([])
})
