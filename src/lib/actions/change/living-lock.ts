import type {ClusterObservation} from '../../facts/observe.ts'
import {type LockHolder, parseHolder} from '../../model/lease.ts'
import type {Identity} from '../../ports/local.ts'
import {mayLive} from '../../rollout/lock.ts'

/** A lock as one node showed it. */
interface SeenLock {
  readonly node: string
  readonly holder: LockHolder
  readonly ageSeconds: number
}

/** Whose run may be under way: nobody may take its lock, and what it has in its hands was not left behind. */
export function livingLock({nodes}: Pick<ClusterObservation, 'nodes'>, identity: Identity): SeenLock | undefined {
  return nodes
    .flatMap(({node, state}): SeenLock[] => {
      if (!state.known || !state.value.lock) return []
      const holder = parseHolder(state.value.lock.text)
      return holder ? [{node, holder, ageSeconds: state.value.lock.ageSeconds}] : []
    })
    .find(lock => mayLive(lock, identity))
}
