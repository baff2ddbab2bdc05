import type {Cluster} from '../../model/cluster.ts'
import {isEmpty} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {lockHeld} from '../../rollout/lock.ts'
import {lookAtRuns} from '../control/look-at-runs.ts'
import type {ChangeRequest} from './change-request.ts'
import {livingLock} from './living-lock.ts'
import {type Survey, survey} from './survey.ts'

/** Who means to carry the plan out, and how long he waits for another's run. */
export type Claim = Pick<ChangeRequest, 'lockWaitSeconds' | 'stopRequested' | 'progress'>

export type SurveyRequest = Pick<ChangeRequest, 'cluster' | 'verb' | 'material' | 'limit' | 'back'> & {
  /** Unset where it is only to be seen. */
  readonly claim?: Claim
}

/**
 * What is seen while no other run is under way: with one, a node in its hands looks as if it had been left behind.
 * @throws GhaError `LOCK_HELD`
 */
export async function surveyFree({claim, ...request}: SurveyRequest, ports: Ports): Promise<Survey> {
  const started = ports.clock.now()
  for (;;) {
    const seen = await survey(request.cluster, ports, request)
    const lock = livingLock(seen.observation, ports.identity)
    if (!claim || !lock || isEmpty(seen.plan)) return seen
    const {owner, hostname, reason} = lock.holder
    if (claim.lockWaitSeconds > 0)
      claim.progress({type: 'note', text: `waiting for ${owner}@${hostname}, who holds the lock for: ${reason}`})
    do {
      const now = ports.clock.now()
      if (now - started >= claim.lockWaitSeconds * 1000 || claim.stopRequested()) throw lockHeld(lock, now)
      await ports.clock.sleep(Math.min(2000, claim.lockWaitSeconds * 1000))
    } while (!(await isFree(request.cluster, ports)))
  }
}

async function isFree(cluster: Cluster, ports: Ports): Promise<boolean> {
  const {locks} = await lookAtRuns(cluster, ports, 1)
  return locks.every(({stale}) => stale)
}
