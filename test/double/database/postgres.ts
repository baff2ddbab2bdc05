import {readFileSync} from 'node:fs'
import type {ConnectionOptions} from 'node:tls'
import pg from 'pg'
import type {Database, Row, Session, Value} from './database.ts'
import {nameInDsn, postgresDsn, readDsn} from './postgres-dsn.ts'
import type {DatabaseTarget} from './target.ts'

const UNLIMITED = 100
const MODES = ['disable', 'require', 'verify-ca', 'verify-full']

// Big counts are plain numbers here; nothing in these tables is beyond 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export async function openPostgres(target: DatabaseTarget): Promise<Database> {
  const dsn = postgresDsn(target)
  const words = readDsn(dsn)
  const pool = new pg.Pool({
    user: words.get('user'),
    password: words.get('password'),
    host: words.get('host'),
    port: Number(words.get('port')),
    database: words.get('dbname'),
    ssl: tls(words),
    max: target.maxOpen || UNLIMITED,
    maxLifetimeSeconds: target.lifetimeSeconds,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
  })
  pool.on('error', () => {})
  const database: Database = {
    kind: 'postgres',
    name: nameInDsn(dsn),
    query: async (sql, values) => rows(await pool.query(numbered(sql), [...(values ?? [])])),
    session: async () => session(await pool.connect()),
    pool: () => ({max: target.maxOpen, open: pool.totalCount, idle: pool.idleCount}),
    close: () => pool.end(),
  }
  await database.query('SELECT 1')
  return database
}

function session(client: pg.PoolClient): Session {
  client.on('error', () => {})
  return {
    query: async (sql, values?: readonly Value[]) => rows(await client.query(numbered(sql), [...(values ?? [])])),
    release: () => client.release(true),
  }
}

function rows(result: pg.QueryResult): readonly Row[] {
  return result.rows
}

function numbered(sql: string): string {
  let count = 0
  return sql.replaceAll('?', () => `$${++count}`)
}

/** `require` encrypts without verifying, unless a root certificate is given: then it verifies that, not the name. */
function tls(words: ReadonlyMap<string, string>): ConnectionOptions | false {
  const mode = words.get('sslmode') || 'require'
  if (!MODES.includes(mode))
    throw new Error(
      `unsupported sslmode "${mode}"; only "require" (default), "verify-full", "verify-ca", and "disable" supported`,
    )
  if (mode === 'disable') return false
  const ca = file(words.get('sslrootcert'))
  const verifiesName = mode === 'verify-full'
  const options: ConnectionOptions = {
    rejectUnauthorized: verifiesName || mode === 'verify-ca' || ca !== undefined,
    servername: words.get('host') ?? '',
  }
  if (ca !== undefined) options.ca = ca
  if (!verifiesName) options.checkServerIdentity = () => undefined
  const [cert, key] = [file(words.get('sslcert')), file(words.get('sslkey'))]
  return cert === undefined || key === undefined ? options : {...options, cert, key}
}

function file(name: string | undefined): string | undefined {
  return name ? readFileSync(name, 'utf8') : undefined
}
