import type {VersionStep} from '../grafana/version-steps.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Migrated} from '../model/migration-mark.ts'
import type {BalancerFilePlan, Plan} from './plan.ts'
import type {Situation} from './situation.ts'

/** What a planner needs to know. */
export interface Question {
  readonly cluster: Cluster
  readonly verb: Plan['verb']
  /** In the order of gha.yaml. */
  readonly situations: readonly Situation[]
  /** Left for a later run while a node is held out or drained: loading a file would bring it back, or forget that it is out. */
  readonly balancerFiles: readonly BalancerFilePlan[]
  readonly schema: Schema
  /** Names of the nodes that may be changed; every node without it. What is left is said as pending. */
  readonly limit?: ReadonlySet<string>
  /** What the step counts as, where that does not follow from the versions. */
  readonly step?: VersionStep
}

/** What the database tells of Grafana's schema. */
export interface Schema extends Migrated {
  /** Whether it holds Grafana's tables. */
  readonly there: boolean
}
