import {readFileSync} from 'node:fs'
import type mysql from 'mysql2/promise'
import type {Database, Row, Session} from './database.ts'
import type {DatabaseTarget} from './target.ts'

const UNLIMITED = 100

export async function openMysql(target: DatabaseTarget): Promise<Database> {
  const {createPool} = await import('mysql2/promise')
  const place = target.host.startsWith('/') ? {socketPath: target.host} : {host: target.host, port: Number(target.port)}
  const options: mysql.PoolOptions = {
    ...place,
    user: target.user,
    password: target.password,
    database: target.name,
    connectionLimit: target.maxOpen || UNLIMITED,
    maxIdle: target.maxIdle,
    charset: 'utf8mb4_unicode_ci',
    connectTimeout: 10_000,
    supportBigNumbers: true,
  }
  const ssl = tls(target)
  const pool = createPool(ssl ? {...options, ssl} : options)
  const database: Database = {
    kind: 'mysql',
    name: target.name,
    query: async (sql, values) => rows(await pool.query(backticked(sql), [...(values ?? [])])),
    session: async () => session(await pool.getConnection()),
    pool: () => ({max: target.maxOpen, open: 1, idle: 0}),
    close: () => pool.end(),
  }
  await database.query('SELECT 1')
  return database
}

function session(connection: mysql.PoolConnection): Session {
  return {
    query: async (sql, values) => rows(await connection.query(backticked(sql), [...(values ?? [])])),
    release: () => connection.destroy(),
  }
}

function rows([result]: [unknown, unknown]): readonly Row[] {
  return Array.isArray(result) ? (result as Row[]) : []
}

function backticked(sql: string): string {
  return sql.replaceAll('"', '`')
}

function tls(target: DatabaseTarget): mysql.SslOptions | undefined {
  if (target.sslMode === 'skip-verify') return {rejectUnauthorized: false}
  if (target.sslMode !== 'true') return undefined
  const certificate = target.ca === '' ? {} : {ca: readFileSync(target.ca, 'utf8')}
  return {...certificate, rejectUnauthorized: true, verifyIdentity: target.serverName !== ''}
}
