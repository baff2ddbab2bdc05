import type {Duplex} from 'node:stream'
import type {Database} from '../../model/backing.ts'
import type {Host} from '../../ports/host.ts'
import {within} from '../dialled/within.ts'
import type {Dialect} from './dialect.ts'
import {type Client, tlsOf} from './login.ts'

const LOGIN_SECONDS = 10

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
  if (type === 'postgres') return (await import('./postgres.ts')).postgres
  return (await import('./mysql.ts')).mysqlDialect
}

/** Says goodbye, but waits for nobody. */
export async function leave(client: Client, stream: Duplex): Promise<void> {
  await within(1, client.close(), () => undefined).catch(() => undefined)
  stream.destroy()
}
