import type {ExitName} from '../errors/exit-codes.ts'
import type {Observation} from '../model/observation.ts'
import type {DatabaseReport} from '../ports/database.ts'
import type {CacheView} from './caches.ts'
import type {ClockSkew} from './clock-skew.ts'
import type {DiskSpace} from './disk.ts'
import type {EffectiveSettings} from './effective-settings.ts'
import type {FileStates} from './files.ts'
import type {Health} from './health.ts'
import type {MeshMetrics} from './metrics.ts'
import type {Package} from './package.ts'
import type {PeerReach} from './peers.ts'
import type {Rights} from './rights.ts'
import type {ServiceState} from './service.ts'
import type {KeptState} from './state.ts'

/** Everything seen of one node at one moment. */
export interface NodeObservation {
  readonly node: string
  readonly access: Access
  readonly rights: Observation<Rights>
  readonly clock: Observation<ClockSkew>
  readonly disk: Observation<readonly DiskSpace[]>
  readonly package: Observation<Package>
  readonly otherTools: Observation<readonly string[]>
  readonly service: Observation<ServiceState>
  readonly files: Observation<FileStates>
  readonly state: Observation<KeptState>
  readonly health: Observation<Health>
  readonly metrics: Observation<MeshMetrics>
  readonly settings: Observation<EffectiveSettings>
  readonly database: Observation<DatabaseReport>
  readonly caches: Observation<readonly CacheView[]>
  readonly peers: Observation<readonly PeerReach[]>
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
