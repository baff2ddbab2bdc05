import {setTimeout} from 'node:timers/promises'
import type {Clock} from '../ports/local.ts'

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    sleep: (milliseconds, signal) => setTimeout(milliseconds, undefined, signal ? {signal} : {}),
  }
}
