import {GhaError} from '../../errors/gha-error.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import type {KeptText} from '../../facts/state.ts'
import {LOCK_TTL_SECONDS} from '../../host/lease.ts'
import {parseHolder} from '../../model/lease.ts'
import type {Identity} from '../../ports/local.ts'
import type {Ports} from '../../ports/ports.ts'
import {isDead} from '../../rollout/lock.ts'
import type {ChangeRequest} from './change-request.ts'
import {lockCluster} from './lock-cluster.ts'

/**
 * Takes away what a run left that died after its last step: it would stand as a lock that nobody takes, because nothing
 * is left to be done. A holder that may be alive keeps it.
 */
export async function clearDeadLock(request: ChangeRequest, ports: Ports, seen: ClusterObservation): Promise<void> {
  const locks = seen.nodes.flatMap(({state}) => (state.known && state.value.lock ? [state.value.lock] : []))
  if (locks.length === 0 || !locks.every(lock => isOver(lock, ports.identity))) return
  try {
    await (await lockCluster(request, ports, seen)).release()
  } catch (error) {
    if (!(error instanceof GhaError)) throw error
  }
}

export function isOver({text, ageSeconds}: KeptText, identity: Identity): boolean {
  const holder = parseHolder(text)
  return ageSeconds >= LOCK_TTL_SECONDS || (holder !== undefined && isDead(holder, identity))
}
