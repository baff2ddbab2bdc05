import {percentile} from './percentile.ts'
import {answeredIn, type Sample} from './sample.ts'

/** How long a time decides: long enough to tell a hiccup from a fault, short enough to stop before the next node. */
export const WINDOW_SECONDS = 30
/** Slower than so many times the p99 of the time before: a machine that was busy before may be as busy now. */
const SLOWER_TIMES = 4
/**
 * And slower than this: the more requests it takes, the less. A packet that was lost once costs its request a second, and
 * a start of Grafana beside another one stalls a few: neither says that users are served worse. One in ten over a second
 * is what one slow node of several does to all; half of them over 0.3 s is a Grafana that everybody finds slow.
 */
const NOTICED: readonly Slowness[] = [
  {share: 0.01, milliseconds: 3000},
  {share: 0.1, milliseconds: 1000},
  {share: 0.5, milliseconds: 300},
]
const FEWEST_SLOW = 3
/** With fewer the p99 of the time before is one lucky answer: then only what takes longest counts. */
const FEWEST_BEFORE = 10

interface Slowness {
  /** Of the requests of a whole window, from 0 to 1. */
  readonly share: number
  readonly milliseconds: number
}

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

function tooSlow(whole: number, {before, now}: Compared): string | undefined {
  const known = answeredIn(before)
  const usual = percentile(known, 0.99)
  if (usual === undefined) return undefined
  const answered = answeredIn(now)
  for (const {share, milliseconds} of known.length < FEWEST_BEFORE ? NOTICED.slice(0, 1) : NOTICED) {
    const limit = Math.max(usual * SLOWER_TIMES, milliseconds)
    const slow = answered.filter(each => each > limit).length
    if (slow >= Math.max(FEWEST_SLOW, share * whole))
      return `${slow} of the last ${now.length} requests took longer than ${limit} ms, p99 before: ${usual} ms`
  }
  return undefined
}

function lostIn(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({lost}) => lost !== undefined)
}
