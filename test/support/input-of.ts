import type {Script} from '../../src/lib/model/script.ts'
import {Secret} from '../../src/lib/model/secret.ts'

/** All that a script is fed, in one piece. */
export function inputOf(input: Script<unknown>['input'] = []): string | Uint8Array {
  if (input instanceof Secret) return input.reveal()
  return input instanceof Uint8Array ? input : Buffer.concat(input)
}
