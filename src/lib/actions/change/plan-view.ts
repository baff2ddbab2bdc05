import type {Plan} from '../../plan/plan.ts'
import type {Difference} from './differences.ts'

/** A plan with all that an operator wants to know before it is done. */
export interface PlanView {
  readonly plan: Plan
  readonly differences: readonly Difference[]
  /** Flags without which the run will be refused. */
  readonly needs: readonly string[]
}
