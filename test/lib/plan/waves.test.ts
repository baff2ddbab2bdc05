import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {RolloutPolicy, Share} from '../../../src/lib/model/cluster.ts'
import {budgetOf} from '../../../src/lib/plan/budget.ts'
import {wavesOf} from '../../../src/lib/plan/waves.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aSituation} from '../../support/a-situation.ts'

interface Wish {
  /** Node → zone, in the order of gha.yaml. */
  readonly zones: Readonly<Record<string, string | undefined>>
  readonly due?: readonly string[]
  readonly policy?: Partial<RolloutPolicy>
  readonly firstAlone?: boolean
}

function waves({zones, due = Object.keys(zones), policy = {}, firstAlone = false}: Wish) {
  const nodes = Object.entries(zones).map(([name, zone]) => aNode({name, ...(zone === undefined ? {} : {zone})}))
  const cluster = aCluster({nodes, rollout: {...aCluster().rollout, ...policy}})
  const situations = nodes.filter(({name}) => due.includes(name)).map(node => aSituation(node.name, {node}))
  return wavesOf({cluster, due: situations, firstAlone}).map(wave => wave.map(({node}) => node.name))
}

const two: Share = {unit: 'nodes', amount: 2}
const five = {gf1: undefined, gf2: undefined, gf3: undefined, gf4: undefined, gf5: undefined}
const zoned = {gf1: 'a', gf2: 'b', gf3: 'a', gf4: 'b', gf5: 'a', gf6: 'b'}

describe('the waves of a rollout', () => {
  it('hold one node each, unless more may be away', () => {
    expect(waves({zones: {gf1: undefined, gf2: undefined}})).toEqual([['gf1'], ['gf2']])
  })

  it('hold as many nodes as may be away together', () => {
    expect(waves({zones: five, policy: {maxParallel: two}})).toEqual([['gf1', 'gf2'], ['gf3', 'gf4'], ['gf5']])
  })

  it('go zone by zone, and lie in one', () => {
    expect(waves({zones: zoned, policy: {maxParallel: two}})).toEqual([
      ['gf1', 'gf3'],
      ['gf5'],
      ['gf2', 'gf4'],
      ['gf6'],
    ])
  })

  it('begin with the canary alone, then with the rest of its zone', () => {
    expect(waves({zones: zoned, policy: {maxParallel: two, canary: 'gf4'}})).toEqual([
      ['gf4'],
      ['gf2', 'gf6'],
      ['gf1', 'gf3'],
      ['gf5'],
    ])
  })

  it('begin with one node alone where it is the one that migrates', () => {
    expect(waves({zones: five, policy: {maxParallel: two}, firstAlone: true})).toEqual([
      ['gf1'],
      ['gf2', 'gf3'],
      ['gf4', 'gf5'],
    ])
  })

  it('leave one node of a zone where it is, and take the only one of a zone', () => {
    const all: Share = {unit: 'percent', amount: 100}
    expect(waves({zones: {gf1: 'a', gf2: 'a', gf3: 'b'}, policy: {maxParallel: all}})).toEqual([
      ['gf1'],
      ['gf2'],
      ['gf3'],
    ])
  })

  it('of a cluster where all is well are none', () => {
    expect(waves({zones: five, due: []})).toEqual([])
  })
})

describe('all waves', () => {
  const share = fc.oneof(
    fc.record({unit: fc.constant('nodes' as const), amount: fc.integer({min: 1, max: 30})}),
    fc.record({unit: fc.constant('percent' as const), amount: fc.integer({min: 1, max: 100})}),
  )
  const clusters = fc
    .array(fc.tuple(fc.constantFrom('a', 'b', 'c', undefined), fc.boolean()), {minLength: 1, maxLength: 30})
    .map(nodes => nodes.map(([zone, due], place) => ({name: `gf${place}`, zone, due})))

  const questions = fc.record({nodes: clusters, maxParallel: share, firstAlone: fc.boolean(), lucky: fc.nat(30)})

  function planned({
    nodes,
    maxParallel,
    firstAlone,
    lucky,
  }: typeof questions extends fc.Arbitrary<infer T> ? T : never) {
    const zones = Object.fromEntries(nodes.map(({name, zone}) => [name, zone]))
    const due = nodes.filter(node => node.due).map(({name}) => name)
    const canary = nodes[lucky]?.name
    const policy = {maxParallel, ...(canary ? {canary} : {})}
    return {zones, due, canary, found: waves({zones, due, policy, firstAlone})}
  }

  it('take each node that is due once, and the canary first', () => {
    fc.assert(
      fc.property(questions, question => {
        const {due, canary, found} = planned(question)
        expect(found.flat().toSorted()).toEqual(due.toSorted())
        if (canary && due.includes(canary)) expect(found[0]).toEqual([canary])
      }),
    )
  })

  it('stay within the budget, and leave a node of their zone', () => {
    fc.assert(
      fc.property(questions, question => {
        const {zones, found} = planned(question)
        for (const wave of found) {
          const zone = Object.values(zones).filter(name => name === zones[wave[0] ?? '']).length
          const budget = budgetOf(question.maxParallel, question.nodes.length)
          expect(wave.length).toBeLessThanOrEqual(Math.min(budget, Math.max(1, zone - 1)))
        }
      }),
    )
  })

  it('lie in one zone each, and are through with a zone before the next begins', () => {
    fc.assert(
      fc.property(questions, question => {
        const {zones, found} = planned(question)
        for (const wave of found) expect(new Set(wave.map(name => zones[name])).size).toBe(1)
        const order = found.map(([name = '']) => zones[name] ?? 'none')
        const visits = order.filter((zone, place) => zone !== order[place - 1])
        expect(visits).toEqual([...new Set(order)])
      }),
    )
  })
})
