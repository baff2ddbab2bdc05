import type {Lock} from '../../src/lib/rollout/lock.ts'
import {Mail} from '../../src/lib/rollout/mail.ts'

/** A lock that holds, of run `r1`. */
export function aLock(given: Partial<Lock> = {}): Lock {
  return {
    lease: {run: 'r1', generation: 1},
    mail: new Mail('r1'),
    lost: () => undefined,
    unheard: () => 0,
    renew: async () => undefined,
    release: async () => undefined,
    ...given,
  }
}
