import {describe, expect, it} from 'vitest'
import {clockSkew} from '../../../src/lib/facts/clock-skew.ts'
import {recordsOf} from '../../support/observed.ts'

/** A script that began at `started` and took so many seconds. */
const at = (started: string, took: number) =>
  recordsOf({'script.started': started, 'script.began': '50.10', 'script.ended': String(50.1 + took)})

describe('the clock skew', () => {
  it("does not count the script's own time", () => {
    const skew = clockSkew(at('1007.100000000', 2), {sentAt: 1_000_000, answeredAt: 1_002_200})
    expect(skew).toMatchObject({known: true})
    expect(skew.known && skew.value.seconds).toBeCloseTo(7)
    expect(skew.known && skew.value.uncertaintySeconds).toBeCloseTo(0.1)
  })

  it('is right to half a second where the node counts whole seconds', () => {
    const skew = clockSkew(at('1000', 0), {sentAt: 1_000_400, answeredAt: 1_000_600})
    expect(skew.known && skew.value.seconds).toBeCloseTo(0)
    expect(skew.known && skew.value.uncertaintySeconds).toBeCloseTo(0.6)
  })

  it('reads a clock that spells %N out', () => {
    expect(clockSkew(at('1000.%N', 0), {sentAt: 1_000_000, answeredAt: 1_000_000})).toMatchObject({known: true})
  })

  it('is unknown without an answer', () => {
    expect(clockSkew(at('', 0), {sentAt: 0, answeredAt: 0})).toMatchObject({known: false})
  })
})
