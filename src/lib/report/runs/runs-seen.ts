import type {LockHolder} from '../../model/lease.ts'
import type {RunRequest} from '../../model/run-request.ts'
import type {RunStory} from '../../rollout/run-stories.ts'

/** What is known of the runs of a cluster. */
export interface RunsSeen {
  readonly cluster: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** Newest first. */
  readonly stories: readonly RunStory[]
  readonly locks: readonly NodeLock[]
  /** What was asked last of the run that holds the lock. */
  readonly request?: RunRequest
  /** Nodes that could not be asked. */
  readonly silent: readonly {readonly node: string; readonly reason: string}[]
}

export interface NodeLock {
  readonly node: string
  readonly holder: LockHolder
  readonly generation: number
  readonly ageSeconds: number
  /** Nobody has renewed it for so long that the next run takes it over. */
  readonly stale: boolean
}

/** The one that was renewed last. */
export function newestLock(locks: readonly NodeLock[]): NodeLock | undefined {
  return locks.toSorted((a, b) => a.ageSeconds - b.ageSeconds)[0]
}

/** How a run ended: `cut` where it did not, and nobody holds its lock any more. */
export function resultOf({run, ended, paused, trying}: RunStory, {locks, request}: RunsSeen): string {
  if (ended) return ended.result
  const lock = locks.find(({holder}) => holder.run === run)
  if (!lock || lock.stale) return 'cut'
  if (trying) return 'on trial'
  if (paused) return 'paused'
  return request?.run === run && (request.wish === 'pause' || request.wish === 'stop')
    ? WAITING[request.wish]
    : 'under way'
}

const WAITING = {pause: 'pausing', stop: 'stopping'} as const
