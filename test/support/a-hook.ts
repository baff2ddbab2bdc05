import type {Hook} from '../../src/lib/model/hook.ts'

/** A program of the operator with a minute's time. */
export function aHook(wish: Partial<Hook> = {}): Hook {
  return {argv: ['./hook'], deadlineSeconds: 60, onFailure: 'stop', ...wish}
}
