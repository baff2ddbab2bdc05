import type {Aftermath} from './aftermath.ts'
import type {StepName} from './run.ts'

export type NodeOutcome =
  | {readonly node: string; readonly result: 'done'; readonly milliseconds: number}
  | {readonly node: string; readonly result: 'not-begun'}
  /** It was stopped for another's migration: that did not come and it serves again as before, or it stays stopped. */
  | {readonly node: string; readonly result: 'restored' | 'held-out'}
  | {
      readonly node: string
      readonly result: 'failed'
      readonly step: StepName
      readonly error: unknown
      readonly aftermath: Aftermath
    }

/** Whoever only made room for another stands as before. */
export function wasBegun({result}: NodeOutcome): boolean {
  return result !== 'not-begun' && result !== 'restored'
}
