import {type Stretch, stretchOf} from '../../probe/availability.ts'
import type {Sample} from '../../probe/sample.ts'
import type {Range} from './scale.ts'

/** What users got in a short time. */
export interface Bucket extends Range, Stretch {}

const MOST = 240
const SHORTEST_MILLISECONDS = 1000

/** Equal times from the first to the last; those in which nothing was asked are left out. */
export function bucketsOf(samples: readonly Sample[], {from, to}: Range): readonly Bucket[] {
  const length = Math.max(SHORTEST_MILLISECONDS, Math.ceil((to - from) / MOST))
  const groups = Map.groupBy(samples, ({at}) => Math.floor((at - from) / length))
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([index, group]) => ({
      from: from + index * length,
      to: from + (index + 1) * length,
      ...stretchOf(group),
    }))
}
