import {createHash} from 'node:crypto'
import pg from 'pg'
import {migrationLockKey} from '../../grafana/migration-lock.ts'
import {MIGRATION_LOGS} from '../../grafana/migration-logs.ts'
import {asSocket} from '../dialled/as-socket.ts'
import {type Dialect, LOCK_IDLE_SECONDS} from './dialect.ts'
import type {Client, Login} from './login.ts'
import {poolingOf} from './pooling.ts'

/** `application_name` holds 63 bytes. */
const LONGEST_NAME = 63

const LOG_NAMES = MIGRATION_LOGS.map(name => `'${name}'`).join(', ')

/** Without values a question is one packet, with them five. The key is a decimal number of gha's own. */
const statusQuery = (migrationLock: string) => `SELECT current_setting('server_version') AS version,
  current_setting('transaction_read_only') = 'on' OR pg_is_in_recovery() AS read_only,
  (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now,
  current_setting('max_connections')::int AS max_connections, pg_backend_pid() AS session,
  ARRAY(SELECT t.log FROM unnest(ARRAY[${LOG_NAMES}]) AS t(log) WHERE to_regclass(t.log) IS NOT NULL) AS migration_logs,
  (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema') AS tables,
  EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
    WHERE l.locktype = 'advisory' AND l.classid = 0 AND l.objid = ${migrationLock}::bigint AND l.objsubid = 1 AND l.granted) AS locked`

export const postgres: Dialect = {
  connect,
  async serverStatus(client, databaseName) {
    const [row = {}] = await client.query(statusQuery(migrationLockKey('postgres', databaseName)))
    return {
      serverVersion: String(row['version']),
      readOnly: row['read_only'] === true,
      serverTimeMilliseconds: Number(row['now']),
      tables: Number(row['tables']),
      migrationLogs: namesIn(row['migration_logs']),
      migrationLockHeld: row['locked'] === true,
      maxConnections: Number(row['max_connections']),
      session: Number(row['session']),
    }
  },
  tablesQuery: `SELECT c.relname AS name, pg_total_relation_size(c.oid)::float8 AS bytes
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'`,
  pooling: (client, connect) => poolingOf({client, session: backendOf, announced: client.announced}, connect),
  lock: client => ({
    async tryLock(name) {
      const [row] = await client.query('SELECT pg_try_advisory_lock($1::bigint) AS locked', [lockKey(name)])
      if (row?.['locked'] !== true) return false
      await client.query(IDLE_LIMIT)
      return true
    },
    async lockHolder(name) {
      const [row] = await client.query(HOLDER, [lockKey(name)])
      return row === undefined ? undefined : String(row['holder'])
    },
  }),
}

const HOLDER = `SELECT coalesce(nullif(a.application_name, ''), 'process ' || l.pid) AS holder
  FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
  LEFT JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
    AND (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint`

function namesIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}

async function backendOf(client: Client): Promise<number> {
  const [row] = await client.query('SELECT pg_backend_pid() AS backend')
  return Number(row?.['backend'])
}

/** PostgreSQL before 14 has no such setting, and then changes nothing. */
const IDLE_LIMIT = `SELECT set_config(name, '${LOCK_IDLE_SECONDS * 1000}', false) FROM pg_settings WHERE name = 'idle_session_timeout'`

async function connect({database, stream, applicationName, tls}: Login): Promise<Client> {
  const client = new pg.Client({
    host: database.host,
    port: database.port,
    user: database.user,
    database: database.name,
    password: database.password.reveal(),
    application_name: Buffer.from(applicationName).subarray(0, LONGEST_NAME).toString(),
    stream: () => asSocket(stream),
    ssl: tls ?? false,
  })
  client.on('error', () => undefined)
  await client.connect()
  // What the server's BackendKeyData says; the types leave it out.
  const {processID: announced} = client as unknown as {readonly processID: number | null}
  return {
    ...(announced === null ? {} : {announced}),
    query: async (sql, values = []) => (await client.query(sql, [...values])).rows,
    close: () => client.end(),
  }
}

/** Stable in every version of gha, and far from Grafana's own keys, which are below 2^32. */
function lockKey(name: string): string {
  return createHash('sha256').update(`gha-lock\0${name}`).digest().readBigInt64BE().toString()
}
