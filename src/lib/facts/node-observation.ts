import type {ExitName} from '../errors/exit-codes.ts'
import type {Observation} from '../model/observation.ts'
import type {ClockSkew} from './clock-skew.ts'
import type {FatalLine} from './fatal-lines.ts'
import type {Listed} from './listed.ts'
import type {MeshMetrics} from './metrics.ts'
import type {MigratorLine} from './migrator-lines.ts'
import type {NodeFacts} from './node-facts.ts'
import type {Probed} from './probes.ts'
import type {LoginSeen} from './run-login.ts'

/** Everything seen of one node at one moment. */
export interface NodeObservation extends NodeFacts, Probed {
  readonly node: string
  readonly access: Access
  readonly clock: Observation<ClockSkew>
  /** Set where the log was looked at. */
  readonly fatalLines?: Observation<readonly FatalLine[]>
  /** Set where somebody follows a migration. */
  readonly migratorLines?: Observation<readonly MigratorLine[]>
  /** Set where a run brings this node back. */
  readonly trial?: Trial
  /** What the same process said of its mesh some seconds before; set where somebody looks more than once. */
  readonly meshBefore?: MeshMetrics
}

/** What is asked only of a node that a run brings back: a login, and what would be missed. */
export interface Trial {
  readonly login: Observation<LoginSeen>
  readonly listed: Listed
  /** What it listed before its swap; undefined where no Grafana ran there. */
  readonly before?: Listed
  /** The swap brings other files of provisioned data sources. */
  readonly changesDataSources: boolean
  /** Ids of the plugins that the swap takes away. */
  readonly removesPlugins?: readonly string[]
}

/** How far gha got: onto the host, and there to its rights. */
export type Access =
  | {readonly status: 'reached'; readonly transport: string}
  | {readonly status: 'unreachable' | 'powerless'; readonly failure: AccessFailure}

export interface AccessFailure {
  readonly code: string
  readonly exit: ExitName
  readonly message: string
  readonly hint?: string
}
