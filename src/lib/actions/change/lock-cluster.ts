import type {ClusterObservation} from '../../facts/observe.ts'
import {given} from '../../model/given.ts'
import type {Ports} from '../../ports/ports.ts'
import {takeDatabaseLock} from '../../rollout/database-lock.ts'
import {type Lock, takeLock} from '../../rollout/lock.ts'
import type {ChangeRequest} from './change-request.ts'

/** The lock on the nodes and the one in the database, held as one. @throws GhaError `LOCK_HELD` */
export async function lockCluster(
  {
    cluster,
    reason,
    lockWaitSeconds,
    stopRequested,
  }: Pick<ChangeRequest, 'cluster' | 'reason' | 'lockWaitSeconds' | 'stopRequested'>,
  ports: Ports,
  seen: ClusterObservation,
): Promise<Lock> {
  const states = seen.nodes.flatMap(({state}) => (state.known ? [state.value] : []))
  const lock = await takeLock(cluster, ports, {
    reason,
    seenGeneration: Math.max(0, ...states.map(({generation}) => generation)),
    waitSeconds: lockWaitSeconds,
    stopRequested,
    ...given({
      seenRun: states
        .flatMap(({lastRun}) => lastRun ?? [])
        .toSorted()
        .at(-1),
    }),
  })
  try {
    const second = await takeDatabaseLock(cluster, ports, {
      run: lock.lease.run,
      waitSeconds: lockWaitSeconds,
      stopRequested,
    })
    return {
      ...lock,
      lost: () => lock.lost() ?? second?.lost(),
      async release() {
        await second?.release()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}
