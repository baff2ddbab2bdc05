import {afterEach, describe, expect, it, vi} from 'vitest'
import {systemClock} from '../../../src/lib/adapters/clock.ts'

const BEGAN = 1_800_000_000_000
const HOUR = 3_600_000

/** The machine's clock, and the time that a process has lived through. */
function aMachine() {
  const wall = vi.spyOn(Date, 'now').mockReturnValue(BEGAN)
  const lived = vi.spyOn(performance, 'now').mockReturnValue(0)
  return (at: number, seconds: number) => {
    wall.mockReturnValue(at)
    lived.mockReturnValue(seconds * 1000)
  }
}

describe("the machine's clock", () => {
  afterEach(() => vi.restoreAllMocks())

  it('is what it shows', () => {
    const machine = aMachine()
    const clock = systemClock()
    expect(clock.now()).toBe(BEGAN)
    machine(BEGAN + 5000, 5)
    expect(clock.now()).toBe(BEGAN + 5000)
  })

  it('goes on from where it was when it is set back', () => {
    const machine = aMachine()
    const clock = systemClock()
    machine(BEGAN + 2000 - HOUR, 2)
    expect(clock.now()).toBe(BEGAN + 2000)
    machine(BEGAN + 3000 - HOUR, 3)
    expect(clock.now()).toBe(BEGAN + 3000)
    machine(BEGAN + 4000 - 3 * HOUR, 4)
    expect(clock.now()).toBe(BEGAN + 4000)
  })

  it('shows that the machine slept', () => {
    const machine = aMachine()
    const clock = systemClock()
    machine(BEGAN + HOUR, 1)
    expect(clock.now()).toBe(BEGAN + HOUR)
  })
})
