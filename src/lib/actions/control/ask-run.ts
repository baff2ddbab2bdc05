import {GhaError} from '../../errors/gha-error.ts'
import {layRequest} from '../../host/run-state.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {RunRequest, RunWish} from '../../model/run-request.ts'
import type {Ports} from '../../ports/ports.ts'
import {newestLock, type RunsSeen} from '../../report/runs/runs-seen.ts'
import {lookAtRuns} from './look-at-runs.ts'

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
 * Lays the request on every node that answers; the run finds it with its next sign of life, from any of them.
 * @throws GhaError `NO_RUN` | `NOT_PAUSED` | `NOT_TRYING` | `ON_TRIAL`
 */
export async function askRun(cluster: Cluster, ports: Ports, {wish, reason}: Asking): Promise<Asked> {
  const seen = await lookAtRuns(cluster, ports, 1)
  const lock = newestLock(seen.locks)
  if (!lock || lock.stale) throw noRun(seen)
  if (wish === 'go' && (seen.request?.wish ?? 'go') === 'go') throw notPaused(lock.holder.run)
  const trying = seen.stories.some(story => story.run === lock.holder.run && story.trying !== undefined)
  if (wish === 'confirm' && !trying) throw notTrying(lock.holder.run)
  if (wish === 'pause' && trying) throw onTrial(lock.holder.run)
  const {user, hostname} = ports.identity
  const request: RunRequest = {
    run: lock.holder.run,
    wish,
    number: (seen.request?.number ?? 0) + 1,
    by: `${user}@${hostname}`,
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
  return {request, seen, nodes}
}

function noRun({silent, locks}: RunsSeen): GhaError {
  const cut = newestLock(locks)
  const unseen = silent.length > 0 ? `; ${silent.map(({node}) => node).join(', ')} could not be asked` : ''
  return new GhaError(`no run is under way${cut ? `: run ${cut.holder.run} was cut` : ''}${unseen}`, {
    code: 'NO_RUN',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Look at past runs with `gha rollout history`; `gha rollout` does what is left of a run that was stopped or cut.',
  })
}

function notPaused(run: string): GhaError {
  return new GhaError(`run ${run} is under way and was not asked to pause`, {
    code: 'NOT_PAUSED',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Look at it with `gha rollout status`.',
  })
}

function notTrying(run: string): GhaError {
  return new GhaError(`run ${run} does not wait to be confirmed`, {
    code: 'NOT_TRYING',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Look at it with `gha rollout status`: only a rollout with `--try` waits, once every node serves.',
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
