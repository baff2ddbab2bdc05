import type {Aftermath} from './recover.ts'
import type {StepName} from './run.ts'

export type NodeOutcome =
  | {readonly node: string; readonly result: 'done'; readonly milliseconds: number}
  | {readonly node: string; readonly result: 'not-begun'}
  | {
      readonly node: string
      readonly result: 'failed'
      readonly step: StepName
      readonly error: unknown
      readonly aftermath: Aftermath
    }
