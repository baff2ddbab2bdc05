import {extendDeadMan} from '../../host/dead-man.ts'
import type {Ports} from '../../ports/ports.ts'
import type {Lock} from '../../rollout/lock.ts'
import {activationOf, runOn} from '../../rollout/run.ts'
import type {ChangeRequest} from './change-request.ts'
import {type Survey, survey} from './survey.ts'

/** For staging and a backup; a node's turn gives its own time. */
const WHILE_THIS_RUN_PREPARES_SECONDS = 1800

/**
 * What is seen under the lock, and stays so: no dead man of an earlier run puts an old release back while this run
 * decides and stages. A reboot still does.
 */
export async function surveyHeld(request: ChangeRequest, ports: Ports, lock: Lock): Promise<Survey> {
  const {cluster, progress} = request
  const seen = await survey(cluster, ports, request)
  const armed = seen.situations.filter(({armed}) => armed !== undefined)
  if (armed.length === 0) return seen
  await Promise.all(
    armed.map(({node}) =>
      runOn(
        {ports, lock, progress},
        node,
        extendDeadMan(activationOf({cluster, lock}, node), WHILE_THIS_RUN_PREPARES_SECONDS),
      ),
    ),
  )
  return survey(cluster, ports, request)
}
