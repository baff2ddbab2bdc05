import {describe, expect, it} from 'vitest'
import {whySpent} from '../../../src/lib/probe/budget.ts'
import {aLostSample, aSample, samplesFrom} from '../../support/a-sample.ts'

const BUDGET = {share: 0.05, intervalMilliseconds: 250}
const QUIET = samplesFrom(0, 20)
const lost = (count: number) => Array.from({length: count}, (_, index) => aLostSample(10_000 + index * 250))
const slow = (count: number, milliseconds: number) => samplesFrom(10_000, count, {milliseconds})

describe('the error budget', () => {
  it('is what may be lost of half a minute, however few were asked yet', () => {
    expect(whySpent(BUDGET, QUIET, lost(6))).toBeUndefined()
    expect(whySpent(BUDGET, QUIET, lost(7))).toBe('7 of the last 7 requests were lost (session: server error)')
  })

  it('comes on top of what was lost before', () => {
    const before = [...samplesFrom(0, 15), ...lost(5)]
    expect(whySpent(BUDGET, before, lost(36))).toBeUndefined()
    expect(whySpent(BUDGET, before, lost(37))).toContain('37 of the last 37')
  })

  it('of nothing is spent by the first loss', () => {
    expect(whySpent({...BUDGET, share: 0}, QUIET, [aSample(0)])).toBeUndefined()
    expect(whySpent({...BUDGET, share: 0}, QUIET, lost(1))).toContain('1 of the last 1')
  })

  it('is spent by a p99 of four times the one before, once users notice it', () => {
    expect(whySpent(BUDGET, QUIET, slow(50, 3000))).toBeUndefined()
    expect(whySpent(BUDGET, QUIET, slow(3, 3001))).toBe(
      '3 of the last 3 requests took longer than 3000 ms, p99 before: 10 ms',
    )
    const sluggish = samplesFrom(0, 20, {milliseconds: 1000})
    expect(whySpent(BUDGET, sluggish, slow(50, 4000))).toBeUndefined()
    expect(whySpent(BUDGET, sluggish, slow(50, 4001))).toContain('longer than 4000 ms')
  })

  it('is not spent by a single slow answer, nor where nothing was answered before', () => {
    expect(whySpent(BUDGET, QUIET, [...samplesFrom(0, 100), ...slow(2, 4500)])).toBeUndefined()
    expect(whySpent(BUDGET, lost(20), slow(50, 4500))).toBeUndefined()
  })
})
