import type {Observation} from '../../model/observation.ts'
import type {ExpectedTime} from '../../plan/expected-time.ts'
import type {Plan} from '../../plan/plan.ts'
import type {ShownDifference} from '../../report/difference.ts'
import type {ShownHook} from '../../report/hooks.ts'
import type {LockedTables} from './table-sizes.ts'

/** A plan with all that an operator wants to know before it is done. */
export interface PlanView {
  readonly plan: Plan
  readonly differences: readonly ShownDifference[]
  /** Flags without which the run will be refused. */
  readonly needs: readonly string[]
  /** What to know of the database before its schema changes. */
  readonly cautions?: readonly string[]
  readonly expected?: ExpectedTime
  readonly tables?: Observation<LockedTables>
  /** Who watches what users get; undefined where no serving node is touched. */
  readonly watch?: string
  /** How long it waits to be confirmed, where it is undone otherwise. */
  readonly triesSeconds?: number
  readonly hooks: readonly ShownHook[]
}
