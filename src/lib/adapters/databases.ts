import {MAIN_LOG} from '../grafana/migration-logs.ts'
import type {Database} from '../model/backing.ts'
import {given} from '../model/given.ts'
import type {MigrationLog} from '../model/migration-log.ts'
import type {DatabaseReport, DatabaseSession, Databases, TableSize} from '../ports/database.ts'
import type {Host} from '../ports/host.ts'
import {loginError} from './database/database-error.ts'
import {failureOf} from './database/failure.ts'
import {type LoggedIn, leave, login} from './database/logged-in.ts'
import type {Client} from './database/login.ts'
import type {Place} from './database/place.ts'
import type {Pooling} from './database/pooling.ts'
import {withSession} from './database/with-session.ts'
import {within} from './dialled/within.ts'

const ANSWER_SECONDS = 10
const LATENCY_TRIES = 2
const PING_SECONDS = 5
const POOLING_SECONDS = 3

/** PostgreSQL and MySQL by their real clients, each over a stream dialled from a host. */
export function createDatabases(): Databases {
  return {
    async probe(database: Database, from: Host): Promise<DatabaseReport> {
      try {
        return await report(database, from)
      } catch (error) {
        return failureOf(error)
      }
    },
    tables: (database, from) => withSession({database, from, as: 'gha plan'}, tables),
    async open(database: Database, from: Host, applicationName: string): Promise<DatabaseSession> {
      try {
        return session(await login(database, from, applicationName), {database, from})
      } catch (error) {
        throw loginError(failureOf(error), {database, from})
      }
    },
  }
}

async function report(database: Database, from: Host): Promise<DatabaseReport> {
  const {client, stream, dialect, encrypted} = await login(database, from, 'gha check')
  try {
    return await within(ANSWER_SECONDS, answers(), () => stream.destroy())
  } finally {
    await leave(client, stream)
  }

  async function answers(): Promise<DatabaseReport> {
    const latencyMilliseconds = await latency(client)
    const {tables, migrationLogs, session, ...status} = await dialect.serverStatus(client, database.name)
    const pooling = session === client.announced ? undefined : await poolingBetween({client, dialect}, {database, from})
    const galeraMembers = await dialect.galeraMembers?.(client)
    return {
      outcome: 'answered',
      latencyMilliseconds,
      encrypted,
      ...status,
      content: contentOf(tables, migrationLogs),
      ...(await migrations(client, migrationLogs)),
      ...given({pooling, galeraMembers}),
    }
  }
}

function contentOf(tables: number, migrationLogs: readonly string[]): 'empty' | 'grafana' | 'foreign' {
  if (migrationLogs.includes(MAIN_LOG)) return 'grafana'
  return tables > 0 ? 'foreign' : 'empty'
}

/** A pool that has no connection left makes its clients wait, and then nothing can be told. */
export async function poolingBetween(
  {client, dialect}: Pick<LoggedIn, 'client' | 'dialect'>,
  {database, from}: Place,
): Promise<Pooling | 'unknown' | undefined> {
  let other: LoggedIn | undefined
  const connect = async () => {
    other = await login(database, from, 'gha check')
    return other.client
  }
  try {
    return await within(POOLING_SECONDS, dialect.pooling?.(client, connect) ?? Promise.resolve(undefined), () =>
      other?.stream.destroy(),
    )
  } catch {
    return 'unknown'
  } finally {
    other?.stream.destroy()
  }
}

async function tables({client, stream, dialect}: LoggedIn): Promise<readonly TableSize[]> {
  const rows = await within(ANSWER_SECONDS, client.query(dialect.tablesQuery), () => stream.destroy())
  return rows.map(row => ({name: String(row['name']), bytes: Number(row['bytes'])}))
}

/** The quickest of a few: gha's own work between question and answer is not the network's. */
async function latency(client: Client): Promise<number> {
  const tries: number[] = []
  for (let count = 0; count < LATENCY_TRIES; count++) {
    const asked = performance.now()
    await client.query('SELECT 1')
    tries.push(performance.now() - asked)
  }
  return Math.round(Math.min(...tries) * 10) / 10
}

type Migrations = Pick<
  Extract<DatabaseReport, {outcome: 'answered'}>,
  'migrationCount' | 'newestMigration' | 'scopedLogs'
>

/** One question for all logs that are there. */
async function migrations(client: Client, tables: readonly string[]): Promise<Migrations> {
  const [row = {}] = tables.length === 0 ? [] : await client.query(`SELECT ${tables.map(askLog).join(', ')}`)
  const logs = tables.map((table, place) =>
    logOf(table, {count: row[`count_${place}`], newest: row[`newest_${place}`]}),
  )
  const main = logs.find(({table}) => table === MAIN_LOG)
  return {
    migrationCount: main?.count ?? 0,
    ...given({newestMigration: main?.newest}),
    scopedLogs: logs.filter(log => log !== main),
  }
}

/** A column each: in rows of one column MySQL would not mix tables of several collations. The names are gha's own. */
function askLog(table: string, place: number): string {
  return `(SELECT COUNT(*) FROM ${table}) AS count_${place},
    (SELECT migration_id FROM ${table} ORDER BY id DESC LIMIT 1) AS newest_${place}`
}

function logOf(table: string, {count, newest}: {readonly count: unknown; readonly newest: unknown}): MigrationLog {
  return {table, count: Number(count ?? 0), ...given({newest: newest ? String(newest) : undefined})}
}

function session(own: LoggedIn, place: Place): DatabaseSession {
  const {client, stream, dialect} = own
  const lock = dialect.lock(client)
  return {
    ...lock,
    async tryLock(name) {
      const pooling = await poolingBetween(own, place)
      if (pooling !== undefined && pooling !== 'session') throw new Error('a pooler between lends its sessions out')
      return lock.tryLock(name)
    },
    async ping() {
      await within(PING_SECONDS, client.query('SELECT 1'), () => stream.destroy())
    },
    close: () => leave(client, stream),
  }
}
