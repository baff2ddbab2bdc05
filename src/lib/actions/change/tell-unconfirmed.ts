import type {ClusterObservation} from '../../facts/observe.ts'
import type {Ports} from '../../ports/ports.ts'
import {lookAtRuns} from '../control/look-at-runs.ts'
import type {ChangeRequest} from './change-request.ts'
import {hasDeadLock} from './dead-lock.ts'

/** A run that was cut while it waited to be confirmed has left its lock, and nobody goes back: whoever comes next is told. */
export async function tellUnconfirmed(request: ChangeRequest, ports: Ports, seen: ClusterObservation): Promise<void> {
  if (request.back || !hasDeadLock(seen, ports.identity)) return
  const [last] = (await lookAtRuns(request.cluster, ports, 1)).stories
  if (last?.trying === undefined) return
  request.progress({
    type: 'note',
    text: `Run ${last.run} was cut while it waited to be confirmed: its nodes stay on what it brought. \`gha rollout undo\` goes back; this run takes it as it is.`,
  })
}
