import {given} from '../model/given.ts'
import {percentile} from './percentile.ts'
import {answeredIn, type Lost, type Sample} from './sample.ts'

/** What users got, told by those who asked in their stead. */
export interface Availability {
  readonly total: Stretch
  /** Until the first node was touched. */
  readonly before: Stretch
  readonly during: Stretch
  /** Once the last node was done. */
  readonly after: Stretch
  readonly worstGapMilliseconds: number
  readonly lostBy: Readonly<Partial<Record<Lost, number>>>
  /** Requests of which nobody can say what came of them: the place they were asked from had lost its own way. */
  readonly unseen: number
}

export interface Stretch {
  readonly requests: number
  readonly lost: number
  /** Of the requests that were answered; undefined where none was. */
  readonly p50?: number
  readonly p99?: number
}

export interface Bounds {
  /** Undefined where the run ended before. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** Between the bounds lies the change. */
export function availabilityOf(samples: readonly Sample[], {from, to}: Bounds, unseen = 0): Availability {
  const begins = from ?? Number.POSITIVE_INFINITY
  const ends = to ?? Number.POSITIVE_INFINITY
  return {
    total: stretchOf(samples),
    before: stretchOf(samples.filter(({at}) => at < begins)),
    during: stretchOf(samples.filter(({at}) => at >= begins && at < ends)),
    after: stretchOf(samples.filter(({at}) => at >= begins && at >= ends)),
    worstGapMilliseconds: worstGap(samples),
    lostBy: countLost(samples),
    unseen,
  }
}

/** The share that was answered, from 0 to 1; nothing asked is nothing lost. */
export function shareAnswered({requests, lost}: Pick<Stretch, 'requests' | 'lost'>): number {
  return requests === 0 ? 1 : (requests - lost) / requests
}

export function stretchOf(samples: readonly Sample[]): Stretch {
  const answered = answeredIn(samples)
  const p50 = percentile(answered, 0.5)
  const p99 = percentile(answered, 0.99)
  return {
    requests: samples.length,
    lost: samples.length - answered.length,
    ...given({p50, p99}),
  }
}

/** The longest time in which whoever asked got nothing: from a lost request to the next one that was answered. */
function worstGap(samples: readonly Sample[]): number {
  let [worst, since] = [0, undefined as number | undefined]
  for (const {at, milliseconds, lost} of samples.toSorted((a, b) => a.at - b.at)) {
    if (lost) since ??= at
    const until = lost ? at + milliseconds : at
    if (since !== undefined) worst = Math.max(worst, until - since)
    if (!lost) since = undefined
  }
  return worst
}

function countLost(samples: readonly Sample[]): Partial<Record<Lost, number>> {
  const counts: Partial<Record<Lost, number>> = {}
  for (const {lost} of samples) if (lost) counts[lost] = (counts[lost] ?? 0) + 1
  return counts
}
