/** How the database is copied before a step that touches its schema. */
export type BackupPolicy =
  /** A dump by gha itself, into a folder of this machine. */
  | {readonly method: 'dump'; readonly directory: string}
  /** A program of this machine does it: a snapshot of the storage, of a managed database. */
  | {readonly method: 'command'; readonly words: readonly [string, ...string[]]}
  /** In the operator's own word. */
  | {readonly method: 'skip'}

export interface DatabaseServer {
  readonly product: 'PostgreSQL' | 'MariaDB' | 'MySQL'
  /** As the server says it: `15.18 (Debian 15.18-0+deb12u1)`. */
  readonly version: string
}

/** `schema.table` (PostgreSQL) or `table` → rows. */
export type RowCounts = Readonly<Record<string, number>>

/** What lies beside an archive and says what it is; a folder without one is no backup. */
export interface BackupManifest {
  readonly schemaVersion: 1
  readonly type: 'backup'
  readonly id: string
  readonly cluster: string
  /** What for: `rollout 12.0.0 → 12.1.0, run …`. */
  readonly reason: string
  readonly database: DatabaseServer & {readonly type: 'postgres' | 'mysql'; readonly name: string}
  /** Grafana's newest migration in the copy; absent where there is no migration log. */
  readonly newestMigration?: string
  readonly tools: readonly string[]
  readonly snapshot: DumpSnapshot
  readonly archive: {readonly file: string; readonly bytes: number; readonly sha256: string}
  readonly rows: CountedRows
  /** What this copy cannot promise, in full sentences. */
  readonly notes: readonly string[]
  readonly milliseconds: number
}

/** One moment of the database. */
export interface DumpSnapshot {
  /** By the server's clock, ISO 8601. */
  readonly takenAt: string
  /** PostgreSQL's exported snapshot. */
  readonly id?: string
  /** PostgreSQL's place in its write-ahead log. */
  readonly position?: string
}

export interface CountedRows {
  /** `snapshot`: asked of the server in the dump's own snapshot. `archive`: read in the archive, where no second session may see that snapshot. */
  readonly from: 'snapshot' | 'archive'
  readonly tables: RowCounts
}
