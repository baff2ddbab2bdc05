import type {Balancer} from '../ports/balancer.ts'
import type {Lock} from './lock.ts'
import {surelyHeld} from './surely-held.ts'

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
