import pg from 'pg'
import {startDaemon, unprivileged} from './daemon.ts'
import {freePort} from './free-port.ts'
import type {PostgresServer} from './postgres.ts'
import {serverFolder} from './server-folder.ts'

export interface Pgbouncer {
  readonly port: number
  readonly stop: () => Promise<void>
}

export interface PgbouncerOptions {
  readonly mode: 'session' | 'transaction' | 'statement'
  readonly poolSize?: number
}

/** A real PgBouncer on a free loopback port, before that PostgreSQL. */
export async function startPgbouncer(server: PostgresServer, options: PgbouncerOptions): Promise<Pgbouncer> {
  const {host, user, password, database} = server
  const port = await freePort(host)
  const account = unprivileged('postgres')
  const folder = serverFolder('pgbouncer', account)
  const users = folder.write('users', `"${user}" "${password}"\n`)
  const file = folder.write(
    'pgbouncer.ini',
    [
      '[databases]',
      `* = host=${host} port=${server.port}`,
      '[pgbouncer]',
      `listen_addr = ${host}`,
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      `auth_file = ${users}`,
      `pool_mode = ${options.mode}`,
      `default_pool_size = ${options.poolSize ?? 5}`,
      '',
    ].join('\n'),
  )
  const daemon = await startDaemon({
    argv: ['/usr/sbin/pgbouncer', file],
    account,
    stopSignal: 'SIGINT',
    ready: async () => {
      const client = new pg.Client({host, port, user, password, database, connectionTimeoutMillis: 3000})
      client.on('error', () => {})
      await client.connect()
      await client.end()
    },
  })
  const stop = async () => {
    await daemon.stop()
    folder.remove()
  }
  return {port, stop}
}
