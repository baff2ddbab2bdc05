import type {Step, StepKind} from '../../plan/plan.ts'
import type {Turn} from '../run.ts'

export type StepOf<K extends StepKind> = Extract<Step, {readonly kind: K}>

/** One kind of step. `apply` is idempotent: doing it again on a node where it is done changes nothing. */
export interface StepExecutor<K extends StepKind> {
  /** For the plan and the progress lines. */
  readonly describe: (step: StepOf<K>) => string
  /** Resolves with what was seen, in a few words. @throws GhaError */
  readonly apply: (turn: Turn, step: StepOf<K>) => Promise<string>
}
