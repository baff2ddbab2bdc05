import {percentile} from '../../probe/percentile.ts'
import type {Sample} from '../../probe/sample.ts'
import type {Range} from './scale.ts'

/** What users got in a short time. */
export interface Bucket extends Range {
  readonly requests: number
  readonly lost: number
  readonly p50: number | undefined
  readonly p99: number | undefined
}

const MOST = 240
const SHORTEST_MILLISECONDS = 1000

/** Equal times from the first to the last; those in which nothing was asked are left out. */
export function bucketsOf(samples: readonly Sample[], {from, to}: Range): readonly Bucket[] {
  const length = Math.max(SHORTEST_MILLISECONDS, Math.ceil((to - from) / MOST))
  const groups = Map.groupBy(samples, ({at}) => Math.floor((at - from) / length))
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([index, group]) => bucketOf(group, {from: from + index * length, to: from + (index + 1) * length}))
}

function bucketOf(group: readonly Sample[], range: Range): Bucket {
  const answered = group.filter(({lost}) => lost === undefined).map(({milliseconds}) => milliseconds)
  return {
    ...range,
    requests: group.length,
    lost: group.length - answered.length,
    p50: percentile(answered, 0.5),
    p99: percentile(answered, 0.99),
  }
}
