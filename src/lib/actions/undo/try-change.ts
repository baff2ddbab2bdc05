import {GhaError} from '../../errors/gha-error.ts'
import {messageOf} from '../../errors/message-of.ts'
import {given} from '../../model/given.ts'
import {sameVersion} from '../../model/version.ts'
import type {Ports} from '../../ports/ports.ts'
import {undoText} from '../../report/undo.ts'
import {type ChangeResult, changeCluster} from '../change/change-cluster.ts'
import type {ChangeRequest} from '../change/change-request.ts'
import {planUndo} from './plan-undo.ts'

export type TriedResult = ChangeResult & {
  /** What came of going back, where nobody confirmed. */
  readonly undone?: ChangeResult
}

/** Somebody may be quick: how long the way back waits for another run. */
const LEAST_LOCK_WAIT_SECONDS = 60

type Change = typeof changeCluster

/** A change, and the way back from it where it was tried and not confirmed. @throws GhaError `TRY_NOT_UNDONE` */
export async function tryChange(
  request: ChangeRequest,
  ports: Ports,
  change: Change = changeCluster,
): Promise<TriedResult> {
  const result = await change(request, ports)
  if (!('run' in result) || result.tried === undefined || result.tried.kept) return result
  request.tries?.over()
  try {
    return {...result, undone: await change(await wayBack(request, ports, result.run), ports)}
  } catch (error) {
    if (!(error instanceof GhaError)) throw error
    throw new GhaError(`it was not confirmed, and going back failed: ${messageOf(error)}`, {
      code: 'TRY_NOT_UNDONE',
      exit: 'partial',
      ...given({node: error.node}),
      hint: 'Look at the cluster with `gha rollout status`, then go back with `gha rollout undo`.',
      cause: error,
    })
  }
}

async function wayBack(request: ChangeRequest, ports: Ports, run: string): Promise<ChangeRequest> {
  const undo = await planUndo(request.cluster, ports, request.material)
  const [newest] = [...undo.begun, ...undo.runs]
  if (newest !== run) throw overtaken(newest)
  request.progress({type: 'note', text: undoText(undo)})
  const {saved: _, tries: __, ...rest} = request
  return {
    ...rest,
    calledFor: 'undo',
    cluster: undo.cluster,
    back: undo.back,
    writesVersion: !sameVersion(undo.cluster.grafana.version, request.cluster.grafana.version),
    limit: undefined,
    acceptNoRollback: true,
    lockWaitSeconds: Math.max(request.lockWaitSeconds, LEAST_LOCK_WAIT_SECONDS),
    reason: `${request.reason} (not confirmed)`,
    confirm: async () => true,
  }
}

function overtaken(run: string | undefined): GhaError {
  return new GhaError(`run ${run} has changed the cluster since`, {code: 'TRY_NOT_UNDONE', exit: 'partial'})
}
