import {LOCK_RENEWAL_SECONDS, LOCK_TTL_SECONDS} from '../host/lease.ts'
import type {Node} from '../model/node.ts'
import type {Balancer} from '../ports/balancer.ts'
import type {Lock} from './lock.ts'
import {holdsLock} from './run.ts'

/** A renewal in time, and one that took its time. Who was silent for longer has slept, or was cut off. */
const LATE_SECONDS = 2 * LOCK_RENEWAL_SECONDS

/**
 * A balancer knows no generation, and does what it is told by a run that is over too: so a run looks at its lock before each
 * word to it.
 */
export function underLock(balancer: Balancer, lock: Lock): Balancer {
  return {
    status: () => balancer.status(),
    rehearse: nodes => balancer.rehearse(nodes),
    drain: node => surelyHeld(lock, node).then(() => balancer.drain(node)),
    takeOut: node => surelyHeld(lock, node).then(() => balancer.takeOut(node)),
    undrain: node => surelyHeld(lock, node).then(() => balancer.undrain(node)),
  }
}

/** @throws GhaError `LOCK_LOST`, also where no node has answered for as long as a lock is kept for who is silent */
async function surelyHeld(lock: Lock, node: Node): Promise<void> {
  if (isPast(lock, LATE_SECONDS)) await lock.renew()
  if (isPast(lock, LOCK_TTL_SECONDS)) {
    const seconds = Math.round(lock.unheard() / 1000)
    lock.giveUp(`no node has answered for ${seconds} s, so another run may have taken the lock over`)
  }
  holdsLock({lock}, node)
}

function isPast(lock: Lock, seconds: number): boolean {
  return lock.unheard() >= seconds * 1000
}
