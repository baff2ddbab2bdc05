import {once} from 'node:events'
import net from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'

export interface EchoServer {
  readonly port: number
  readonly path: string
  /** Resolves when the last connection is gone. */
  empty(): Promise<void>
  close(): Promise<void>
}

/** Sends back what it gets, on a port of loopback (0: a free one) or a UNIX socket. */
export async function echoServer(at: number | string): Promise<EchoServer> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer({allowHalfOpen: true}, socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.pipe(socket)
  })
  if (typeof at === 'string') server.listen(at)
  else server.listen(at, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    path: typeof address === 'string' ? address : '',
    async empty() {
      for (let attempt = 0; sockets.size > 0; attempt += 1) {
        if (attempt === 200) throw new Error('a connection is still open after 5 s')
        await sleep(25)
      }
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
