import {setTimeout} from 'node:timers/promises'
import type {Clock} from '../ports/local.ts'

/**
 * The machine's clock, that a wait can be reckoned by: where it is set back, this one goes on from where it was, or what
 * waits for a moment would wait for as long as it was set back. A machine that slept shows, as a time that nobody lived through.
 */
export function systemClock(): Clock {
  let ahead = 0
  let last = {wall: Date.now(), lived: performance.now()}
  return {
    now: () => {
      const lived = performance.now()
      const wall = Date.now() + ahead
      const setBack = wall < last.wall ? Math.round(last.wall + lived - last.lived) - wall : 0
      ahead += setBack
      last = {wall: wall + setBack, lived}
      return last.wall
    },
    sleep: (milliseconds, signal) => setTimeout(milliseconds, undefined, signal ? {signal} : {}),
  }
}
