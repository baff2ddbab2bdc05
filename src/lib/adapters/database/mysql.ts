import mysql, {type SslOptions} from 'mysql2/promise'
import {migrationLockKey} from '../../grafana/migration-lock.ts'
import {MIGRATION_LOGS} from '../../grafana/migration-logs.ts'
import {sha256} from '../../model/digest.ts'
import {asSocket} from '../dialled/as-socket.ts'
import {type Dialect, LOCK_IDLE_SECONDS} from './dialect.ts'
import type {Client, Login} from './login.ts'

const STATUS = `SELECT VERSION() AS version, @@global.read_only AS read_only, UNIX_TIMESTAMP(NOW(3)) * 1000 AS now,
  @@max_connections AS max_connections, IS_USED_LOCK(?) IS NOT NULL AS locked,
  (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()) AS tables,
  (SELECT GROUP_CONCAT(table_name) FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_name IN (?)) AS migration_logs`

export const mysqlDialect: Dialect = {
  connect,
  async serverStatus(client, databaseName) {
    const [row = {}] = await client.query(STATUS, [migrationLockKey('mysql', databaseName), MIGRATION_LOGS])
    return {
      serverVersion: String(row['version']),
      readOnly: Number(row['read_only']) !== 0,
      serverTimeMilliseconds: Number(row['now']),
      tables: Number(row['tables']),
      migrationLogs: row['migration_logs'] === null ? [] : String(row['migration_logs']).split(','),
      migrationLockHeld: Number(row['locked']) === 1,
      maxConnections: Number(row['max_connections']),
    }
  },
  tablesQuery: `SELECT table_name AS name, COALESCE(data_length + index_length, 0) AS bytes
    FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'`,
  async galeraMembers(client) {
    const [row] = await client.query("SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'")
    return Number(row?.['Value'] ?? 0) || undefined
  },
  lock: client => ({
    async tryLock(name) {
      const [row] = await client.query('SELECT GET_LOCK(?, 0) AS locked', [lockName(name)])
      if (Number(row?.['locked']) !== 1) return false
      await client.query(`SET SESSION wait_timeout = ${LOCK_IDLE_SECONDS}`)
      return true
    },
    async lockHolder(name) {
      const [row] = await client.query(HOLDER, [lockName(name)])
      return row === undefined ? undefined : String(row['holder'])
    },
  }),
}

const HOLDER = `SELECT CONCAT('connection ', id, ' of ', user, '@', host) AS holder
  FROM information_schema.processlist WHERE id = IS_USED_LOCK(?)`

async function connect({database, stream, applicationName, tls}: Login): Promise<Client> {
  const connection = await mysql.createConnection({
    host: database.serverCertificateName ?? database.host,
    user: database.user,
    database: database.name,
    password: database.password.reveal(),
    stream: asSocket(stream),
    connectAttributes: {program_name: applicationName},
    ...(tls === undefined ? {} : {ssl: sslOf(tls)}),
  })
  connection.on('error', () => undefined)
  return {
    async query(sql, values = []) {
      const [rows] = await connection.query(sql, [...values])
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
    },
    close: () => connection.end(),
  }
}

function sslOf({ca, cert, key, rejectUnauthorized}: NonNullable<Login['tls']>): SslOptions {
  const verify = rejectUnauthorized !== false
  return {
    ...(Array.isArray(ca) ? {ca: ca.map(String)} : {}),
    ...(typeof cert === 'string' ? {cert} : {}),
    ...(typeof key === 'string' ? {key} : {}),
    rejectUnauthorized: verify,
    verifyIdentity: verify,
  }
}

/** A lock's name holds 64 characters. */
function lockName(name: string): string {
  return `gha-${sha256(name).slice(0, 40)}`
}
