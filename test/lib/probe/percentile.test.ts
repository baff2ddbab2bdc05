import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {percentile} from '../../../src/lib/probe/percentile.ts'

describe('a percentile', () => {
  it('is the smallest value that so many do not exceed', () => {
    const hundred = Array.from({length: 100}, (_, index) => 100 - index)
    expect(percentile(hundred, 0.5)).toBe(50)
    expect(percentile(hundred, 0.99)).toBe(99)
    expect(percentile(hundred, 1)).toBe(100)
    expect(percentile([7], 0.99)).toBe(7)
  })

  it('is unknown of nothing', () => {
    expect(percentile([], 0.5)).toBeUndefined()
  })

  it('is one of the values, and covers its share of them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), {minLength: 1}), fc.double({min: 0.01, max: 1, noNaN: true}), (values, share) => {
        const found = percentile(values, share) ?? Number.NaN
        expect(values).toContain(found)
        expect(values.filter(value => value <= found).length).toBeGreaterThanOrEqual(share * values.length)
      }),
    )
  })
})
