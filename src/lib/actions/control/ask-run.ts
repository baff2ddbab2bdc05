import {GhaError} from '../../errors/gha-error.ts'
import {layRequest} from '../../host/run-state.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {RunRequest, RunWish} from '../../model/run-request.ts'
import type {Ports} from '../../ports/ports.ts'
import {type NodeLock, newestLock, type RunsSeen} from '../../report/runs/runs-seen.ts'
import {unaskedWords} from '../../report/runs/silent-nodes.ts'
import {operatorOf} from '../operator-of.ts'
import {lookAtRuns} from './look-at-runs.ts'
import {notTrying, untilHeard} from './until-heard.ts'

export interface Asking {
  readonly wish: RunWish
  readonly reason: string
}

export interface Asked {
  readonly request: RunRequest
  /** As seen right before. */
  readonly seen: RunsSeen
  /** Nodes that have the request. */
  readonly nodes: readonly string[]
}

/**
 * Lays the request on every node that answers; the run finds it with its next sign of life, from any of them. Whoever
 * confirms waits for that, because he may be too late.
 * @throws GhaError `NO_RUN` | `NOT_PAUSED` | `NOT_TRYING` | `NOT_HEARD` | `ON_TRIAL`
 */
export async function askRun(cluster: Cluster, ports: Ports, {wish, reason}: Asking): Promise<Asked> {
  const seen = await lookAtRuns(cluster, ports, 1)
  const lock = newestLock(seen.locks)
  if (!lock || lock.stale) throw noRun(seen)
  if (wish === 'go' && (seen.request?.wish ?? 'go') === 'go') throw notPaused(lock.holder.run)
  refuseTrial(wish, lock.holder.run, seen)
  const request: RunRequest = {
    run: lock.holder.run,
    wish,
    number: (seen.request?.number ?? 0) + 1,
    by: operatorOf(ports.identity),
    reason,
    at: seen.at,
  }
  const laid = await Promise.all(
    cluster.nodes
      .map(async ({name, ssh, paths}) => {
        const answer = (await ports.hosts.connect(name, ssh)).run(layRequest(paths.state, request))
        return (await answer) ? [name] : []
      })
      .map(answer => answer.catch(() => [])),
  )
  const nodes = laid.flat()
  if (nodes.length === 0) throw noRun(seen)
  if (wish === 'confirm') await untilHeard(cluster, ports, request.run)
  return {request, seen, nodes}
}

function refuseTrial(wish: RunWish, run: string, {stories}: RunsSeen): void {
  const story = stories.find(candidate => candidate.run === run)
  if (wish === 'confirm' && !story?.trying) throw notTrying(run, story?.tried)
  if (wish === 'pause' && story?.trying) throw onTrial(run)
}

function noRun(seen: RunsSeen): GhaError {
  const {
    locks,
    stories: [last],
  } = seen
  const cut = last?.trying ? `${last.run} was cut while it waited to be confirmed` : cutWords(newestLock(locks))
  return new GhaError(`no run is under way${cut ? `: run ${cut}` : ''}${unaskedWords(seen)}`, {
    code: 'NO_RUN',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: last?.trying
      ? 'Every node stays on what it has brought; `gha rollout undo` goes back.'
      : 'Look at past runs with `gha rollout history`; `gha rollout` does what is left of a run that was stopped or cut.',
  })
}

function cutWords(lock: NodeLock | undefined): string {
  return lock ? `${lock.holder.run} was cut` : ''
}

function notPaused(run: string): GhaError {
  return new GhaError(`run ${run} is under way and was not asked to pause`, {
    code: 'NOT_PAUSED',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Look at it with `gha rollout status`.',
  })
}

function onTrial(run: string): GhaError {
  return new GhaError(`run ${run} waits to be confirmed, and its time cannot be stopped`, {
    code: 'ON_TRIAL',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Keep it with `gha rollout confirm`, or let it go back at once with `gha rollout stop`.',
  })
}
