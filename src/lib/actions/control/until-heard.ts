import {GhaError} from '../../errors/gha-error.ts'
import {LOCK_TTL_SECONDS} from '../../host/lease.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {Ports} from '../../ports/ports.ts'
import type {RunStory} from '../../rollout/run-stories.ts'
import {lookAtRuns} from './look-at-runs.ts'

const LOOK_MILLISECONDS = 1000
/** The way back begins soon: the run is not the newest then. */
const RUNS = 3

/** Until the run has heard that it is confirmed. @throws GhaError `NOT_TRYING` where that was too late | `NOT_HEARD` */
export async function untilHeard(cluster: Cluster, ports: Ports, run: string): Promise<void> {
  const until = ports.clock.now() + LOCK_TTL_SECONDS * 1000
  for (;;) {
    const {stories} = await lookAtRuns(cluster, ports, RUNS)
    const story = stories.find(candidate => candidate.run === run)
    if (story?.tried?.kept) return
    if (story && !story.trying) throw notTrying(run, story.tried)
    if (ports.clock.now() >= until) throw notHeard(run)
    await ports.clock.sleep(LOOK_MILLISECONDS)
  }
}

export function notTrying(run: string, tried: RunStory['tried']): GhaError {
  const why = tried ? ` any more: ${tried.kept ? 'it is kept' : 'it is not kept'}, ${tried.why}` : ''
  return new GhaError(`run ${run} does not wait to be confirmed${why}`, {
    code: 'NOT_TRYING',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: tried
      ? 'Look at it with `gha rollout status`.'
      : 'Look at it with `gha rollout status`: only a rollout with `--try` waits, once every node serves.',
  })
}

function notHeard(run: string): GhaError {
  return new GhaError(`run ${run} was asked, and has not heard it for a minute`, {
    code: 'NOT_HEARD',
    exit: 'preflight',
    unchanged: 'The request stays on the nodes, and counts if the run still finds it in time.',
    hint: 'Look at it with `gha rollout status`; where its machine is lost, every node stays on what it has brought.',
  })
}
