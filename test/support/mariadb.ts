import {existsSync} from 'node:fs'
import path from 'node:path'
import mysql from 'mysql2/promise'
import {run, startDaemon, unprivileged} from './daemon.ts'
import {freePort} from './free-port.ts'
import {serverFolder} from './server-folder.ts'

export interface MariadbServer {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly pid: number
  readonly query: (sql: string) => Promise<readonly Record<string, unknown>[]>
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

export interface MariadbOptions {
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** Server options, as in `{wait_timeout: '60'}`. */
  readonly settings?: Readonly<Record<string, string>>
}

const PLACES = ['/usr/sbin', '/usr/bin', '/usr/local/bin']

/** A real MariaDB on a free loopback port, in a fresh folder, with passwords over TCP. */
export async function startMariadb(options: MariadbOptions = {}): Promise<MariadbServer> {
  const {host = '127.0.0.1', user = 'grafana', password = 'my-secret', database = 'grafana'} = options
  const port = options.port ?? (await freePort(host))
  const account = unprivileged('mysql')
  const folder = serverFolder('mariadb', account)
  const data = path.join(folder.path, 'data')
  const query = (sql: string) => ask({host, port, user, password, database}, sql)
  try {
    // One that starts removes the temporary tables of every other in the same folder.
    const own = [`--datadir=${data}`, `--tmpdir=${folder.path}`]
    await run([program('mariadb-install-db'), '--no-defaults', ...INSTALL, ...own], account)
    const daemon = await startDaemon({
      argv: [
        ...[program('mariadbd'), '--no-defaults', ...own, `--bind-address=${host}`, `--port=${port}`],
        ...[`--socket=${path.join(folder.path, 's')}`, `--pid-file=${path.join(folder.path, 'pid')}`],
        `--init-file=${folder.write('init.sql', firstStatements({user, password, database}))}`,
        ...['--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=32M'],
        ...Object.entries(options.settings ?? {}).map(([key, value]) => `--${key}=${value}`),
      ],
      account,
      ready: () => query('SELECT 1'),
    })
    const stop = async (signal?: NodeJS.Signals) => {
      await daemon.stop(signal)
      folder.remove()
    }
    return {host, port, user, password, database, pid: daemon.pid, query, stop}
  } catch (error) {
    folder.remove()
    throw error
  }
}

const INSTALL = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']

function firstStatements({user, password, database}: {user: string; password: string; database: string}): string {
  const who = `${mysql.escape(user)}@'%'`
  return [
    `CREATE DATABASE IF NOT EXISTS ${mysql.escapeId(database)} CHARACTER SET utf8mb4;`,
    `CREATE USER IF NOT EXISTS ${who} IDENTIFIED BY ${mysql.escape(password)};`,
    `GRANT ALL ON ${mysql.escapeId(database)}.* TO ${who};`,
    '',
  ].join('\n')
}

async function ask(connection: mysql.ConnectionOptions, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = await mysql.createConnection({...connection, connectTimeout: 3000})
  try {
    const [rows] = await client.query(sql)
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
  } finally {
    client.destroy()
  }
}

function program(name: string): string {
  const place = PLACES.find(folder => existsSync(path.join(folder, name)))
  if (!place) throw new Error(`no ${name} on this machine: install the package mariadb-server`)
  return path.join(place, name)
}
