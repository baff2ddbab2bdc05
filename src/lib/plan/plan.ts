import type {Foreign} from '../facts/foreign-file.ts'
import type {VersionStep} from '../grafana/version-steps.ts'
import type {BackupPolicy} from '../model/backup.ts'
import type {MigrationMark} from '../model/migration-mark.ts'
import type {Release} from '../model/release.ts'
import type {Version} from '../model/version.ts'

/** What will be done, as data: it prints, diffs and saves. An empty plan means that the world is as wished. */
export interface Plan {
  readonly verb: 'apply' | 'rollout'
  readonly cluster: string
  readonly to: Version
  /** The oldest version that runs, or the newest where the step goes back; undefined where none does. */
  readonly from?: Version
  readonly step: VersionStep
  /** Whether a node that fails goes back by itself: gha.yaml may want it otherwise, or who else brings Grafana has taken the old one away. */
  readonly onFailure: 'go-back' | 'hold-out' | 'cannot-go-back'
  /** How the database is copied before the first node; undefined where its schema stays. */
  readonly backup?: BackupPolicy
  /** Set where one node migrates alone: what stops before it goes. */
  readonly window?: MaintenanceWindow
  /** Nodes of one wave may be away together; a wave begins when the one before has ended well. */
  readonly waves: readonly (readonly NodePlan[])[]
  readonly balancerFiles: readonly BalancerFilePlan[]
  /** Balancer hosts that are left out because they are dead, in the operator's word. */
  readonly skippedBalancers?: readonly string[]
  /** What stays to be done by another command, in words: `apply` never restarts a serving node. */
  readonly pending: readonly string[]
  /** What the gates cannot look at, in words: who confirms the plan goes without it. */
  readonly unchecked?: readonly string[]
}

/**
 * While one node migrates no other may write, so all of them stop: nobody serves, and no alert rule is evaluated,
 * from the moment the writer leaves the balancer until it is back there.
 */
export interface MaintenanceWindow {
  /** The node that migrates; undefined where an earlier run's node has done it. */
  readonly writer?: string
  /** Nodes that still run an older version, drained and stopped together. They start again in their own turn. */
  readonly stops: readonly NodePlan[]
}

export interface NodePlan {
  readonly node: string
  readonly release: Release
  /** Users reach it, and its turn takes it from them: by a drain first, where anything balances. */
  readonly interrupts: boolean
  /** Why, in words: `package 12.1.0 → 12.1.1`. */
  readonly reasons: readonly string[]
  readonly changes: readonly FileChange[]
  /** What the plan saw of each file and plugin that the release has or removes: its sum, or undefined where there was none. */
  readonly seen: ReadonlyMap<string, string | undefined>
  readonly steps: readonly Step[]
}

/** One thing done to one node. Each kind is idempotent, has a deadline, and is journalled before and after. */
export type Step =
  /** Marks the node as taken out by this run, and makes it go back by itself unless confirmed. */
  | {readonly kind: 'arm'; readonly seconds: number; readonly migrates?: MigrationMark}
  /** An earlier run has swapped already: its dead man waits for this run's gate, and would put this release back. */
  | {readonly kind: 'rearm'; readonly seconds: number; readonly wayBack: string}
  /** Out of every balancer, and nothing under way any more. */
  | {readonly kind: 'drain'; readonly timeoutSeconds: number}
  /** Grafana stopped, and kept from starting at boot. */
  | {readonly kind: 'stop'}
  /** Package and files swapped, Grafana started on them. */
  | {readonly kind: 'activate'; readonly seconds: number}
  /** Healthy, and healthy for long enough, by the named checks. */
  | {
      readonly kind: 'gate'
      /** Ids of the catalogue; what they find stops the node. */
      readonly checks: readonly string[]
      readonly healthySeconds: number
      readonly deadlineSeconds: number
      /** Set where one healthy look is enough, because nobody serves until it opens. */
      readonly atOnce?: true
    }
  | {readonly kind: 'disarm'}
  /** In every balancer again. */
  | {readonly kind: 'undrain'}
  /** Instead of that, where somebody else had taken it out: it stays as it was. */
  | {readonly kind: 'leave-drained'}
  /** It serves, and what users get is watched. */
  | {readonly kind: 'soak'; readonly seconds: number}

export type StepKind = Step['kind']

/** Of a file, or of a plugin's folder: both are known by one sum of their content. */
export interface FileChange {
  readonly path: string
  readonly change: 'create' | 'update' | 'access' | 'remove'
  /** Set where the live file is not what gha wrote there last. */
  readonly foreign?: Foreign
  readonly plugin?: PluginChange
}

export interface PluginChange {
  readonly id: string
  /** Unset where none is there, or it does not tell. */
  readonly from?: string
  /** Unset where it is removed. */
  readonly to?: string
}

export interface BalancerFilePlan {
  readonly balancer: string
  readonly path: string
  readonly change: 'create' | 'update'
  /** Set where the live file is not what gha wrote there last. */
  readonly foreign?: Foreign
  /** The other cluster's name, where the file tells it. */
  readonly owner?: string
  /** What the plan saw there; undefined where there was no file. */
  readonly seen?: string
}

export function isEmpty(plan: Plan): boolean {
  return plan.waves.length === 0 && plan.balancerFiles.length === 0
}

export function hasStep({steps}: Pick<NodePlan, 'steps'>, wanted: StepKind): boolean {
  return steps.some(({kind}) => kind === wanted)
}

export function nodesOf(plan: Plan): readonly NodePlan[] {
  return plan.waves.flat()
}
