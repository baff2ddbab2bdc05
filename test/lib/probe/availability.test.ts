import {describe, expect, it} from 'vitest'
import {availabilityOf, shareAnswered} from '../../../src/lib/probe/availability.ts'
import {aLostSample, aSample, samplesFrom} from '../../support/a-sample.ts'

describe('availability', () => {
  it('tells before, during and after apart by when a request was asked', () => {
    const samples = [aSample(0), aSample(99), aLostSample(100), aSample(199, {milliseconds: 30}), aSample(200)]
    const {total, before, during, after} = availabilityOf(samples, {from: 100, to: 200})
    expect(total).toEqual({requests: 5, lost: 1, p50: 10, p99: 30})
    expect(before).toEqual({requests: 2, lost: 0, p50: 10, p99: 10})
    expect(during).toEqual({requests: 2, lost: 1, p50: 30, p99: 30})
    expect(after).toEqual({requests: 1, lost: 0, p50: 10, p99: 10})
  })

  it('takes everything for the time before when no node was touched', () => {
    expect(availabilityOf(samplesFrom(0, 4), {})).toMatchObject({before: {requests: 4}, during: {requests: 0}})
  })

  it('has a worst gap from the first lost request to the next one that was answered', () => {
    const samples = [aSample(0), aLostSample(250), aLostSample(500), aSample(750), aLostSample(1000), aSample(1250)]
    expect(availabilityOf(samples, {}).worstGapMilliseconds).toBe(500)
  })

  it('counts a gap that never ended until the last answer was given up', () => {
    expect(availabilityOf([aSample(0), aLostSample(250)], {}).worstGapMilliseconds).toBe(10)
  })

  it('puts requests in the order they were asked in, whenever their answers came', () => {
    const samples = [aSample(500), aLostSample(250), aSample(0)]
    expect(availabilityOf(samples, {}).worstGapMilliseconds).toBe(250)
  })

  it('counts why requests were lost', () => {
    const samples = [aLostSample(0), aLostSample(1, 'slow'), aLostSample(2)]
    expect(availabilityOf(samples, {}).lostBy).toEqual({'server error': 2, slow: 1})
  })

  it('gives no latency where nothing was answered, and loses nothing where nothing was asked', () => {
    const {total, during} = availabilityOf([aLostSample(0)], {})
    expect(total).toEqual({requests: 1, lost: 1})
    expect(shareAnswered(total)).toBe(0)
    expect(shareAnswered(during)).toBe(1)
  })
})
