import {describe, expect, it} from 'vitest'
import {lockCautions} from '../../../../src/lib/actions/change/lock-cautions.ts'
import {known} from '../../../../src/lib/model/observation.ts'
import {versionOf} from '../../../../src/lib/model/version.ts'
import type {Plan} from '../../../../src/lib/plan/plan.ts'
import {aDatabaseAnswer, aNodeObservation} from '../../../support/an-observation.ts'

type Answer = Parameters<typeof aDatabaseAnswer>[0]

function cautions(answer: Answer, plan: Partial<Plan> = {}): readonly string[] {
  const nodes = [aNodeObservation({database: known(aDatabaseAnswer(answer))})]
  const steps = [{kind: 'activate', seconds: 1}]
  const whole = {
    from: versionOf('12.1.0'),
    step: {kind: 'additive', reason: ''},
    waves: [[{node: 'gf1', steps}]],
    ...plan,
  } as unknown as Plan
  return lockCautions({at: 0, nodes, balancer: known([])}, whole)
}

describe('before a step that changes the schema, the plan', () => {
  it('says nothing of a database whose locks hold', () => {
    expect(cautions({})).toEqual([])
    expect(cautions({pooling: 'session'})).toEqual([])
  })

  it.each([
    ['a pooler of transactions', {pooling: 'transaction'}, 'a pooler lends'],
    ['a pooler that nobody can tell', {pooling: 'unknown'}, 'a pooler lends'],
    ['a Galera cluster', {galeraMembers: 3}, 'Galera cluster (members: 3)'],
  ] as const)('says that the locks may not hold in %s', (_what, answer, words) => {
    expect(cautions(answer)).toEqual([expect.stringContaining(words)])
  })

  it('says so of the first start on an empty database too', () => {
    const {from: _, ...first} = {from: undefined, step: {kind: 'none', reason: ''} as const}
    expect(cautions({galeraMembers: 3}, {...first, from: undefined} as unknown as Partial<Plan>)).toHaveLength(1)
  })

  it('says nothing where the schema stays, or nothing starts', () => {
    expect(cautions({galeraMembers: 3}, {step: {kind: 'none', reason: ''}})).toEqual([])
    expect(cautions({galeraMembers: 3}, {waves: []})).toEqual([])
  })
})
