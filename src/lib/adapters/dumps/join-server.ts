import type {Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import type {ConnectionOptions} from 'node:tls'
import {tlsOf} from '../database/login.ts'
import type {TakeDump} from './dump-tools.ts'
import {join} from './relay.ts'

type JoinSecured = (client: Socket, server: Duplex, tls: ConnectionOptions) => Promise<void>

/** Takes a client tool on to the database server, secured as gha.yaml wishes: the tool itself speaks clear text to a socket. */
export async function joinServer(
  client: Socket,
  {database, from}: Pick<TakeDump, 'database' | 'from'>,
  joinSecured: JoinSecured,
): Promise<void> {
  const tls = await tlsOf(database)
  const stream = await from.dial({host: database.host, port: database.port})
  stream.on('error', () => undefined)
  if (tls) await joinSecured(client, stream, tls)
  else join(client, stream)
}
