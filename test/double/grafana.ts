import type {Database} from './database/database.ts'
import type {Faults} from './faults.ts'
import type {Log} from './log.ts'
import type {AlertingMesh} from './mesh/alerting-mesh.ts'
import type {Release} from './release.ts'
import type {DataKeys} from './secrets/data-keys.ts'
import type {Settings} from './settings.ts'
import type {Telemetry} from './telemetry.ts'

/** One running server. */
export interface Grafana {
  readonly release: Release
  readonly settings: Settings
  readonly faults: Faults
  readonly log: Log
  readonly database: Database
  readonly secretKey: string
  readonly dataKeys: DataKeys
  readonly telemetry: Telemetry
  /** As `/api/plugins` lists them. */
  readonly plugins: readonly unknown[]
  /** None where alerting is off or a node is alone. */
  readonly mesh: AlertingMesh | undefined
}
