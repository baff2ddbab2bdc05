import {createServer, type Socket} from 'node:net'
import type {Duplex} from 'node:stream'

export interface RelayOptions {
  /** Of the UNIX socket, in a folder that only this user enters. */
  readonly path: string
  /** Makes one client's connection; it ends with an error where the server cannot be reached. */
  readonly serve: (client: Socket) => Promise<void>
  /** The first client has connected, and so read whatever it needed before. */
  readonly connected: () => void
}

export interface Relay {
  /** Why a client was turned away: its own words only say that the connection closed. */
  failure(): unknown
  close(): Promise<void>
}

/** A socket of this machine for tools that want one, on the way to a server that only other hosts may reach. */
export async function openRelay({path, serve, connected}: RelayOptions): Promise<Relay> {
  let failure: unknown
  const clients = new Set<Socket>()
  const server = createServer({pauseOnConnect: true}, client => {
    connected()
    clients.add(client)
    client.on('error', () => undefined)
    client.once('close', () => clients.delete(client))
    serve(client).catch(error => {
      failure ??= error
      client.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  return {
    failure: () => failure,
    async close() {
      for (const client of clients) client.destroy()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

/** Bytes both ways until one side ends. */
export function join(client: Socket, server: Duplex): void {
  const part = () => {
    client.destroy()
    server.destroy()
  }
  server.on('error', part)
  server.once('close', part)
  client.once('close', part)
  server.pipe(client)
  client.pipe(server)
}
