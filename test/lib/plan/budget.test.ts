import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {budgetOf} from '../../../src/lib/plan/budget.ts'

describe('how many nodes may be away', () => {
  it.each([
    [{unit: 'nodes', amount: 2}, 5, 2],
    [{unit: 'percent', amount: 25}, 8, 2],
    [{unit: 'percent', amount: 10}, 40, 4],
    [{unit: 'percent', amount: 34}, 3, 1],
    [{unit: 'percent', amount: 33}, 3, 1],
    [{unit: 'percent', amount: 29}, 100, 29],
    [{unit: 'percent', amount: 1}, 3, 1],
    [{unit: 'percent', amount: 100}, 3, 3],
  ] as const)('of %o and %i nodes is %i', (share, nodes, budget) => {
    expect(budgetOf(share, nodes)).toBe(budget)
  })

  it('is never more than the part, but for the one that may always go', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 100}), fc.integer({min: 1, max: 500}), (amount, nodes) => {
        const budget = budgetOf({unit: 'percent', amount}, nodes)
        expect(budget).toBeGreaterThanOrEqual(1)
        if (budget > 1) expect(budget * 100).toBeLessThanOrEqual(nodes * amount)
        expect((budget + 1) * 100).toBeGreaterThan(nodes * amount)
      }),
    )
  })
})
