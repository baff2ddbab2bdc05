import {percentile} from './percentile.ts'
import {answeredIn, type Sample} from './sample.ts'

/** How long a time decides: long enough to tell a hiccup from a fault, short enough to stop before the next node. */
export const WINDOW_SECONDS = 30
/** Slower than so many times the p99 of the time before, and never below what somebody notices. */
const SLOWER_TIMES = 4
const NOTICED_MILLISECONDS = 3000
const FEWEST_SLOW = 3

export interface Budget {
  /** The share of the requests that may be lost, on top of what was lost before; from 0 to 1. */
  readonly share: number
  readonly intervalMilliseconds: number
}

/** Counted against a whole window, so that the first requests of a run weigh no more than any other. */
export function whySpent(budget: Budget, before: readonly Sample[], now: readonly Sample[]): string | undefined {
  const whole = (WINDOW_SECONDS * 1000) / budget.intervalMilliseconds
  return tooManyLost(budget.share, whole, {before, now}) ?? tooSlow(whole, {before, now})
}

interface Compared {
  readonly before: readonly Sample[]
  readonly now: readonly Sample[]
}

function tooManyLost(share: number, whole: number, {before, now}: Compared): string | undefined {
  const lostBefore = before.length === 0 ? 0 : lostIn(before).length / before.length
  const lost = lostIn(now)
  if (lost.length <= Math.floor((lostBefore + share) * whole)) return undefined
  const reasons = [...new Set(lost.map(sample => `${sample.question}: ${sample.lost}`))].join(', ')
  return `${lost.length} of the last ${now.length} requests were lost (${reasons})`
}

/** More than one in a hundred above the limit is a p99 above the limit. */
function tooSlow(whole: number, {before, now}: Compared): string | undefined {
  const usual = percentile(answeredIn(before), 0.99)
  if (usual === undefined) return undefined
  const limit = Math.max(usual * SLOWER_TIMES, NOTICED_MILLISECONDS)
  const slow = answeredIn(now).filter(milliseconds => milliseconds > limit)
  if (slow.length < Math.max(FEWEST_SLOW, 0.01 * whole)) return undefined
  return `${slow.length} of the last ${now.length} requests took longer than ${limit} ms, p99 before: ${usual} ms`
}

function lostIn(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({lost}) => lost !== undefined)
}
