import type {DatabaseSession} from '../../ports/database.ts'
import type {Client, Login} from './login.ts'

/** What differs between PostgreSQL and MySQL. */
export interface Dialect {
  connect(login: Login): Promise<Client>
  /** One question for everything that `probe` reports but the migrations. */
  serverStatus(client: Client, databaseName: string): Promise<ServerStatus>
  /** `name` and `bytes` of every table. */
  readonly tablesQuery: string
  lock(client: Client): Pick<DatabaseSession, 'tryLock' | 'lockHolder'>
}

export interface ServerStatus {
  readonly serverVersion: string
  readonly readOnly: boolean
  readonly serverTimeMilliseconds: number
  readonly tables: number
  readonly hasMigrationLog: boolean
  readonly migrationLockHeld: boolean
  readonly maxConnections: number
}

/** The server ends a session that holds gha's lock and says nothing for so long: a vanished controller must not block others. */
export const LOCK_IDLE_SECONDS = 30
