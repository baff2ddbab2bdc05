import type {Duplex} from 'node:stream'
import {GhaError} from '../errors/gha-error.ts'
import {MAIN_LOG} from '../grafana/migration-logs.ts'
import {type Database, formatEndpoint} from '../model/backing.ts'
import {given} from '../model/given.ts'
import type {MigrationLog} from '../model/migration-log.ts'
import type {DatabaseReport, DatabaseSession, Databases, TableSize} from '../ports/database.ts'
import type {Host} from '../ports/host.ts'
import type {Dialect} from './database/dialect.ts'
import {type Failure, failureOf} from './database/failure.ts'
import {type Client, tlsOf} from './database/login.ts'
import type {Pooling} from './database/pooling.ts'
import {within} from './dialled/within.ts'

const LOGIN_SECONDS = 10
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
    async tables(database: Database, from: Host): Promise<readonly TableSize[]> {
      try {
        return await tables(database, from)
      } catch (error) {
        throw loginError(failureOf(error), database, from)
      }
    },
    async open(database: Database, from: Host, applicationName: string): Promise<DatabaseSession> {
      try {
        return session(await login(database, from, applicationName), {database, from})
      } catch (error) {
        throw loginError(failureOf(error), database, from)
      }
    },
  }
}

async function report(database: Database, from: Host): Promise<DatabaseReport> {
  const {client, stream, dialect, encrypted} = await login(database, from, 'gha check')
  try {
    return await within(LOGIN_SECONDS, answers(), () => stream.destroy())
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

interface Place {
  readonly database: Database
  readonly from: Host
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

async function tables(database: Database, from: Host): Promise<readonly TableSize[]> {
  const {client, stream, dialect} = await login(database, from, 'gha plan')
  try {
    const rows = await within(LOGIN_SECONDS, client.query(dialect.tablesQuery), () => stream.destroy())
    return rows.map(row => ({name: String(row['name']), bytes: Number(row['bytes'])}))
  } finally {
    await leave(client, stream)
  }
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

export interface LoggedIn {
  readonly client: Client
  readonly stream: Duplex
  readonly dialect: Dialect
  readonly encrypted: boolean
}

/** @throws what the client library throws; `loginError` makes it the operator's. */
export async function login(database: Database, from: Host, applicationName: string): Promise<LoggedIn> {
  const [dialect, tls] = await Promise.all([dialectOf(database.type), tlsOf(database)])
  const stream = await from.dial({host: database.host, port: database.port})
  stream.on('error', () => undefined)
  try {
    const connecting = dialect.connect({database, stream, applicationName, tls})
    const client = await within(LOGIN_SECONDS, connecting, () => stream.destroy())
    return {client, stream, dialect, encrypted: tls !== undefined}
  } catch (error) {
    stream.destroy()
    throw error
  }
}

async function dialectOf(type: Database['type']): Promise<Dialect> {
  if (type === 'postgres') return (await import('./database/postgres.ts')).postgres
  return (await import('./database/mysql.ts')).mysqlDialect
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

/** Says goodbye, but waits for nobody. */
export async function leave(client: Client, stream: Duplex): Promise<void> {
  await within(1, client.close(), () => undefined).catch(() => undefined)
  stream.destroy()
}

const HINTS: Readonly<Record<Failure['outcome'], string>> = {
  unreachable: 'Look with `gha check` which nodes reach the database, and at the network between.',
  refused: 'Nobody listens there: see whether the database runs, and at `database.host` in gha.yaml.',
  authentication: 'Correct `database.user` and `database.password` in gha.yaml, then run `gha check`.',
  tls: 'See `database.sslMode` and `database.ca` in gha.yaml, then run `gha check`.',
  'no-database': 'Create the database, or correct `database.name` in gha.yaml, then run `gha check`.',
  'no-connection':
    'End sessions that nobody needs, or raise the limit of the server or of the user, then run `gha check`.',
  error: "See the database server's own log, then run `gha check`.",
}

export function loginError(failure: Failure, database: Database, from: Host): GhaError {
  return databaseError('no login to the database', failure, {database, from})
}

/** What went wrong there after the login. */
export function questionError(failure: Failure, database: Database, from: Host): GhaError {
  return databaseError('no answer to a question from the database', failure, {database, from})
}

function databaseError(what: string, {outcome, message}: Failure, {database, from}: Place): GhaError {
  return new GhaError(`${what} ${formatEndpoint(database)} from ${from.name}: ${message}`, {
    code: `DATABASE_${outcome.toUpperCase().replace('-', '_')}`,
    exit: outcome === 'authentication' ? 'authentication' : 'preflight',
    node: from.name,
    hint: HINTS[outcome],
  })
}
