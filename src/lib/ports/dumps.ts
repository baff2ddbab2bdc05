import type {Database} from '../model/backing.ts'
import type {CountedRows, DatabaseServer, DumpSnapshot, RowCounts} from '../model/backup.ts'
import type {Host} from './host.ts'

/** Whole copies of the database by the client tools of this machine, over streams dialled from a host. */
export interface Dumps {
  /**
   * Logs in and looks at the tools; writes nothing.
   * @throws GhaError `BACKUP_TOOL_*` or `DATABASE_*`
   */
  outlook(database: Database, from: Host): Promise<DumpOutlook>
  /**
   * Writes a new file that only its owner reads. What it leaves after an error is the caller's to remove.
   * @throws GhaError `BACKUP_*` or `DATABASE_*`
   */
  take(database: Database, from: Host, order: DumpOrder): Promise<Dump>
  /**
   * Reads every byte and decodes it.
   * @throws GhaError `BACKUP_DAMAGED` or `BACKUP_TOOL_*`
   */
  readBack(type: Database['type'], file: string, signal?: AbortSignal): Promise<ReadBack>
  /** Of an archive's bytes as they are stored. */
  digest(file: string): Promise<Stored>
}

export interface DumpOutlook {
  readonly server: DatabaseServer
  /** `pg_dump 15.18`, one per tool. */
  readonly tools: readonly string[]
  /** Of the tables without their indexes: an archive is smaller. */
  readonly bytes: number
}

export interface DumpOrder {
  readonly file: string
  readonly signal?: AbortSignal
}

export interface Stored {
  readonly bytes: number
  /** Hex. */
  readonly sha256: string
}

export interface Dump extends Stored {
  readonly snapshot: DumpSnapshot
  readonly rows: CountedRows
  readonly newestMigration?: string
  readonly notes: readonly string[]
}

export interface ReadBack {
  readonly rows: RowCounts
}
