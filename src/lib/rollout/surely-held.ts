import {LOCK_RENEWAL_SECONDS, LOCK_TTL_SECONDS} from '../host/lease.ts'
import type {Lock} from './lock.ts'
import {holdsLock, type Place} from './run.ts'

/** A renewal in time, and one that took its time. Who was silent for longer has slept, or was cut off. */
const LATE_SECONDS = 2 * LOCK_RENEWAL_SECONDS

/** @throws GhaError `LOCK_LOST`, also where no node has answered for as long as a lock is kept for who is silent */
export async function surelyHeld(lock: Lock, place?: Place): Promise<void> {
  if (isPast(lock, LATE_SECONDS)) await lock.renew()
  if (isPast(lock, LOCK_TTL_SECONDS)) {
    const seconds = Math.round(lock.unheard() / 1000)
    lock.giveUp(`no node has answered for ${seconds} s, so another run may have taken the lock over`)
  }
  holdsLock({lock}, place)
}

function isPast(lock: Lock, seconds: number): boolean {
  return lock.unheard() >= seconds * 1000
}
