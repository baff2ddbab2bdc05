import type {Database} from '../model/backing.ts'
import type {MigrationLog} from '../model/migration-log.ts'
import type {Host} from './host.ts'

/** The database as one node sees it, through a stream dialled from there. */
export interface Databases {
  /** Connects, logs in, asks; never throws for what the operator should hear: that is in the report. */
  probe(database: Database, from: Host): Promise<DatabaseReport>
  /** Every table of the database that is Grafana's own. @throws GhaError when the login fails, or the question. */
  tables(database: Database, from: Host): Promise<readonly TableSize[]>
  /** @throws GhaError when the login fails. */
  open(database: Database, from: Host, applicationName: string): Promise<DatabaseSession>
}

export interface TableSize {
  readonly name: string
  /** With its indexes, as far as the server keeps count. */
  readonly bytes: number
}

export type DatabaseReport =
  | {
      readonly outcome: 'answered'
      readonly latencyMilliseconds: number
      readonly serverVersion: string
      readonly readOnly: boolean
      readonly encrypted: boolean
      readonly serverTimeMilliseconds: number
      /** `empty`: no tables at all. `grafana`: has `migration_log`. `foreign`: tables, but not Grafana's. */
      readonly content: 'empty' | 'grafana' | 'foreign'
      readonly newestMigration?: string
      readonly migrationCount: number
      /** Of the migrators with a log of their own, as far as it is there: by them 12.4 and newer move what is stored. */
      readonly scopedLogs: readonly MigrationLog[]
      /** Whether somebody holds Grafana's migration lock. */
      readonly migrationLockHeld: boolean
      readonly maxConnections?: number
      /**
       * What a pooler between lends its sessions for: for a `transaction`, a lock or a setting of a session is anybody's.
       * Undefined where nothing is between.
       */
      readonly pooling?: 'session' | 'transaction' | 'unknown'
      /** Of the Galera cluster that the server belongs to: a lock on one member is unknown to the others. */
      readonly galeraMembers?: number
    }
  | {
      /** `no-connection`: it has as many as it takes. */
      readonly outcome: 'unreachable' | 'refused' | 'authentication' | 'tls' | 'no-database' | 'no-connection' | 'error'
      readonly message: string
    }

export interface DatabaseSession {
  /**
   * Session-level advisory lock; false when somebody else holds it.
   * @throws Error where a pooler lends sessions for a transaction: the lock would stay in its pool.
   */
  tryLock(name: string): Promise<boolean>
  /** Who holds the advisory lock, as far as the server tells. */
  lockHolder(name: string): Promise<string | undefined>
  /** Rejects when the session is gone. */
  ping(): Promise<void>
  close(): Promise<void>
}
