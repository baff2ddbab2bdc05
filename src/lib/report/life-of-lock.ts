import {LOCK_RENEWAL_SECONDS, LOCK_TTL_SECONDS} from '../host/lease.ts'

/** A renewal may take its way, and the answer its own. */
const LATE_SECONDS = 10

/** What a lock tells of its run: `stale` where the next run takes it over. */
export function lifeOfLock({ageSeconds, stale}: {readonly ageSeconds: number; readonly stale: boolean}): string {
  if (stale) return ageSeconds < LOCK_TTL_SECONDS ? 'was cut, its process is gone' : 'was cut'
  return isFresh(ageSeconds) ? 'is under way' : 'is under way, or was cut less than a minute ago'
}

/** Whether a living run need not have renewed it again by now. */
export function isFresh(ageSeconds: number): boolean {
  return ageSeconds <= LOCK_RENEWAL_SECONDS + LATE_SECONDS
}
