import type {ClusterObservation} from '../../facts/observe.ts'
import {parseHolder} from '../../model/lease.ts'
import type {Identity} from '../../ports/local.ts'
import {mayLive} from '../../rollout/lock.ts'

/** Whether a run has left its lock, and no lock is one that may be held still. */
export function hasDeadLock({nodes}: ClusterObservation, identity: Identity): boolean {
  const locks = nodes.flatMap(({state}) => (state.known && state.value.lock ? [state.value.lock] : []))
  const held = locks.some(({text, ageSeconds}) => mayLive({holder: parseHolder(text), ageSeconds}, identity))
  return locks.length > 0 && !held
}
