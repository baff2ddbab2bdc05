import type {DatabaseSession} from '../../ports/database.ts'
import type {Client, Login} from './login.ts'
import type {Pooling} from './pooling.ts'

/** What differs between PostgreSQL and MySQL. */
export interface Dialect {
  connect(login: Login): Promise<Client>
  /** One question for everything that `probe` reports but the migrations. */
  serverStatus(client: Client, databaseName: string): Promise<ServerStatus>
  /** `name` and `bytes` of every table. */
  readonly tablesQuery: string
  lock(client: Client): Pick<DatabaseSession, 'tryLock' | 'lockHolder'>
  /** What a pooler between lends its sessions for. `connect` makes one more connection. */
  pooling?(client: Client, connect: () => Promise<Client>): Promise<Pooling | undefined>
  /** Members of the Galera cluster that the server belongs to. */
  galeraMembers?(client: Client): Promise<number | undefined>
}

export interface ServerStatus {
  readonly serverVersion: string
  readonly readOnly: boolean
  readonly serverTimeMilliseconds: number
  readonly tables: number
  /** Of `MIGRATION_LOGS`, those that are there. */
  readonly migrationLogs: readonly string[]
  readonly migrationLockHeld: boolean
  readonly maxConnections: number
  /** The session that answered, where `Client.announced` tells it too. */
  readonly session?: number
}

/** The server ends a session that holds gha's lock and says nothing for so long: a vanished controller must not block others. */
export const LOCK_IDLE_SECONDS = 30
