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

  it.each([
    ['three', 3, 3000],
    ['one in ten', 12, 1000],
    ['half', 60, 300],
  ])('is spent by %s of them beyond what so many notice', (_share, count, limit) => {
    const quick = samplesFrom(10_000, 120 - count)
    expect(whySpent(BUDGET, QUIET, [...quick, ...slow(count - 1, limit + 1)])).toBeUndefined()
    expect(whySpent(BUDGET, QUIET, [...quick, ...slow(count, limit)])).toBeUndefined()
    expect(whySpent(BUDGET, QUIET, [...quick, ...slow(count, limit + 1)])).toBe(
      `${count} of the last 120 requests took longer than ${limit} ms, p99 before: 10 ms`,
    )
  })

  it.each([
    [75, 60, 300],
    [76, 60, 304],
    [250, 12, 1000],
    [251, 12, 1004],
    [750, 3, 3000],
    [1000, 3, 4000],
  ])('with a p99 of %i ms before takes four times that: %i requests over %i ms', (usual, count, limit) => {
    const before = samplesFrom(0, 20, {milliseconds: usual})
    expect(whySpent(BUDGET, before, slow(count, limit))).toBeUndefined()
    expect(whySpent(BUDGET, before, slow(count, limit + 1))).toContain(`longer than ${limit} ms, p99 before: ${usual}`)
  })

  it('is not spent by a stall of the machine, nor by packets that were sent again', () => {
    const stalled = Array.from({length: 12}, (_, index) => slow(1, 3000 - index * 250)).flat()
    expect(whySpent(BUDGET, QUIET, [...samplesFrom(10_000, 108), ...stalled])).toBeUndefined()
    expect(whySpent(BUDGET, QUIET, [...samplesFrom(10_000, 109), ...slow(11, 1040)])).toBeUndefined()
  })

  it('needs ten answers from before to hold a small slowness against anybody', () => {
    const known = (count: number) => samplesFrom(0, count)
    expect(whySpent(BUDGET, known(9), slow(120, 2900))).toBeUndefined()
    expect(whySpent(BUDGET, known(10), slow(120, 2900))).toContain('120 of the last 120')
    expect(whySpent(BUDGET, known(1), slow(3, 3001))).toContain('longer than 3000 ms')
  })

  it('takes three slow answers at least, however rarely it asks', () => {
    const rarely = {...BUDGET, intervalMilliseconds: 5000}
    expect(whySpent(rarely, QUIET, slow(2, 4500))).toBeUndefined()
    expect(whySpent(rarely, QUIET, slow(3, 1001))).toContain('3 of the last 3')
  })

  it('is not spent by a single slow answer, nor where nothing was answered before', () => {
    expect(whySpent(BUDGET, QUIET, [...samplesFrom(0, 100), ...slow(2, 4500)])).toBeUndefined()
    expect(whySpent(BUDGET, lost(20), slow(50, 4500))).toBeUndefined()
  })
})
