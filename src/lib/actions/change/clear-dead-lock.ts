import {GhaError} from '../../errors/gha-error.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import type {Ports} from '../../ports/ports.ts'
import type {ChangeRequest} from './change-request.ts'
import {hasDeadLock} from './dead-lock.ts'
import {lockCluster} from './lock-cluster.ts'

/**
 * Takes away what a run left that died after its last step: it would stand as a lock that nobody takes, because nothing
 * is left to be done. A holder that may be alive keeps it.
 */
export async function clearDeadLock(request: ChangeRequest, ports: Ports, seen: ClusterObservation): Promise<void> {
  if (!hasDeadLock(seen, ports.identity)) return
  try {
    await (await lockCluster(request, ports, seen)).release()
  } catch (error) {
    if (!(error instanceof GhaError)) throw error
  }
}
