import {describe, expect, it} from 'vitest'
import {availabilityOf} from '../../../src/lib/probe/availability.ts'
import {availabilityDocument, availabilityText} from '../../../src/lib/report/availability.ts'
import {aLostSample, aSample, samplesFrom} from '../../support/a-sample.ts'

const WHERE = 'http://grafana.lab/ from this machine'
const SAMPLES = [
  ...samplesFrom(0, 20),
  aSample(6000),
  aLostSample(6250),
  aSample(6500, {milliseconds: 41}),
  aSample(9000),
]

describe('what users got', () => {
  it('is told in numbers, before, during and after', () => {
    const availability = availabilityOf(SAMPLES, {from: 6000, to: 9000}, 2)
    expect(availabilityText({where: WHERE, availability}).split('\n')).toEqual([
      'What users got (http://grafana.lab/ from this machine): 95.83 % of 24 requests answered, worst gap 0.3 s; lost: 1 × server error',
      '          requests  lost  p50    p99',
      '  before  20        0     10 ms  10 ms',
      '  during  3         1     10 ms  41 ms',
      '  after   1         0     10 ms  10 ms',
      '  2 more could not be seen from there',
    ])
  })

  it('is 100 % of all and of nothing less', () => {
    const text = (lost: number) =>
      availabilityText({
        where: WHERE,
        availability: availabilityOf([...samplesFrom(0, 99_999), ...SAMPLES.slice(21, 21 + lost)], {}),
      })
    expect(text(0)).toContain('100 % of 99999')
    expect(text(1)).toContain('99.99 % of 100000')
  })

  it('says where nothing was answered', () => {
    expect(availabilityText({where: WHERE, availability: availabilityOf([aLostSample(0)], {})})).toMatch(
      /before +1 +1 +– +–/,
    )
  })

  it('is the same for machines', () => {
    const availability = availabilityOf(SAMPLES, {from: 6000, to: 9000})
    expect(availabilityDocument({where: WHERE, availability})).toMatchObject({
      where: WHERE,
      availability: 23 / 24,
      during: {requests: 3, lost: 1, p50: 10, p99: 41},
      worstGapMilliseconds: 250,
    })
  })
})
