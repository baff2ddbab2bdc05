import type {Lock} from '../../src/lib/rollout/lock.ts'
import {Mail} from '../../src/lib/rollout/mail.ts'

/** A lock that holds, of run `r1`, until it is given up. */
export function aLock(given: Partial<Lock> = {}): Lock {
  let lost: string | undefined
  return {
    lease: {run: 'r1', generation: 1},
    mail: new Mail('r1'),
    lost: () => lost,
    unheard: () => 0,
    renew: async () => undefined,
    giveUp: why => {
      lost ??= why
    },
    release: async () => undefined,
    ...given,
  }
}
