import type {DumpSnapshot, RowCounts} from '../../model/backup.ts'
import type {Client} from '../database/login.ts'

/** What pg_dump copies whole: no table of an extension, and partitions one by one. */
export const TABLES = `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND c.relpersistence <> 't'
    AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

const NAMED = `n.nspname || '.' || c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted`
/** Of an extension pg_dump copies the rows that it names as an installation's own. */
const COPIED = `SELECT ${NAMED}, '' AS condition ${TABLES}
  UNION ALL SELECT ${NAMED}, coalesce(e.extcondition[place], '')
    FROM pg_extension e CROSS JOIN generate_subscripts(e.extconfig, 1) AS place
    JOIN pg_class c ON c.oid = e.extconfig[place] AND c.relkind = 'r' JOIN pg_namespace n ON n.oid = c.relnamespace
  ORDER BY 1`

const SNAPSHOT = `SELECT pg_export_snapshot() AS id, clock_timestamp() AS at,
  (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text AS position`

/** PostgreSQL 17 and later know that limit, and an older one would not take its name in a SET. */
const NO_TRANSACTION_TIMEOUT = `SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'`

/** So long a copy waits for whoever locks a table. */
export const LOCK_WAIT_SECONDS = 30

/** The session keeps the snapshot as long as its transaction is open, so no time limit of the server may end it. */
export async function holdSnapshot(client: Client): Promise<Required<DumpSnapshot>> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  await client.query('SET LOCAL statement_timeout = 0')
  await client.query('SET LOCAL idle_in_transaction_session_timeout = 0')
  await client.query(NO_TRANSACTION_TIMEOUT)
  await client.query(`SET LOCAL lock_timeout = '${LOCK_WAIT_SECONDS}s'`)
  const [row = {}] = await client.query(SNAPSHOT)
  return {
    id: String(row['id']),
    position: String(row['position']),
    takenAt: (row['at'] as Date).toISOString(),
  }
}

export interface Counted {
  readonly tables: RowCounts
  readonly newestMigration?: string
}

/** What that snapshot holds, in one question for all tables. */
export async function countRows(client: Client): Promise<Counted> {
  const names = await client.query(COPIED)
  if (names.length === 0) return {tables: {}}
  const questions = names.map(
    ({quoted, condition}, index) =>
      `SELECT ${index} AS place, count(*)::float8 AS rows FROM ONLY ${String(quoted)} ${String(condition)}`,
  )
  const rows = await client.query(questions.join(' UNION ALL '))
  const tables = Object.fromEntries(
    rows.map(row => [String(names[Number(row['place'])]?.['name']), Number(row['rows'])]),
  )
  const log = names.find(({name}) => /\.migration_log$/.test(String(name)))
  if (!log) return {tables}
  const [newest] = await client.query(`SELECT migration_id FROM ${String(log['quoted'])} ORDER BY id DESC LIMIT 1`)
  return {tables, ...(newest ? {newestMigration: String(newest['migration_id'])} : {})}
}
