import type {Database} from '../../model/backing.ts'
import type {Dump, DumpOrder, DumpOutlook, ReadBack} from '../../ports/dumps.ts'
import type {Host} from '../../ports/host.ts'
import type {Client} from '../database/login.ts'

/** What differs between PostgreSQL's client tools and MySQL's. `search` is the PATH in which they are looked for. */
export interface DumpTools {
  outlook(client: Client, database: Database, search: string): Promise<DumpOutlook>
  take(request: TakeDump): Promise<Dump>
  readBack(file: string, search: string, signal?: AbortSignal): Promise<ReadBack>
}

export interface TakeDump {
  /** A session of its own. */
  readonly client: Client
  readonly database: Database
  readonly from: Host
  readonly order: DumpOrder
  readonly search: string
}
