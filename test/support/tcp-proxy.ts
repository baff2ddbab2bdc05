import {once} from 'node:events'
import net from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** Every byte that clients sent so far. */
  sent(): Buffer
  /** How many clients are connected. */
  open(): number
  /** Ends every connection that stands. */
  cut(): void
  /** From now on nothing passes in either direction, and nobody is told: a cut without a reset. */
  stall(): void
  /** New connections pass again. */
  heal(): void
  close(): Promise<void>
}

export interface TcpProxyOptions {
  /** How much later everything arrives, in either direction. */
  readonly delayMilliseconds?: number
}

/** A relay on loopback in front of a port. */
export async function startTcpProxy(
  targetPort: number,
  {delayMilliseconds = 0}: TcpProxyOptions = {},
): Promise<TcpProxy> {
  const sockets = new Set<net.Socket>()
  const clients = new Set<net.Socket>()
  const sent: Buffer[] = []
  let stalled = false
  const pass = (to: net.Socket, chunk: Buffer) => {
    if (stalled) return
    if (delayMilliseconds === 0) to.write(chunk)
    else setTimeout(() => to.writable && to.write(chunk), delayMilliseconds)
  }
  const server = net.createServer(client => {
    const target = net.connect(targetPort, '127.0.0.1')
    for (const socket of [client, target]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    clients.add(client)
    client.on('close', () => clients.delete(client))
    client.on('data', chunk => {
      sent.push(chunk)
      pass(target, chunk)
    })
    target.on('data', chunk => pass(client, chunk))
    target.on('end', () => {
      if (!stalled) client.end()
    })
    client.on('end', () => {
      if (!stalled) target.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    sent: () => Buffer.concat(sent),
    open: () => clients.size,
    cut() {
      for (const socket of sockets) socket.destroy()
    },
    stall() {
      stalled = true
    },
    heal() {
      for (const socket of sockets) socket.removeAllListeners('data')
      stalled = false
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
