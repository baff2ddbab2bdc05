import {createHash} from 'node:crypto'
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import type {Duplex} from 'node:stream'

export interface SmallGrafana {
  readonly name: string
  readonly address: string
  readonly port: number
  /** Requests that were no health checks. */
  readonly requests: () => number
  /** What `/api/health` says; `/healthz` always answers. */
  setHealthy(healthy: boolean): void
  stop(): Promise<void>
}

/** An HTTP server that answers what balancers ask a Grafana; it has only the assets of its own version. */
export async function startSmallGrafana(name: string, address: string, asset: string): Promise<SmallGrafana> {
  let healthy = true
  let requests = 0
  const health = (url: string) => (url === '/api/health' ? {status: healthy ? 200 : 503} : {status: 200})
  const server = createServer((request, response) => {
    const url = request.url ?? '/'
    if (url === '/healthz' || url === '/api/health') return void response.writeHead(health(url).status).end('{}')
    requests++
    if (url.startsWith('/public/build/') && url.split('?')[0] !== `/public/build/${asset}`)
      return void noSuchFile(request, response)
    const wait = url.startsWith('/slow') ? SLOW_MILLISECONDS : 0
    setTimeout(() => response.end(JSON.stringify({name, headers: request.headers})), wait)
  })
  server.on('upgrade', echo)
  await new Promise<void>(resolve => server.listen(0, address, resolve))
  return {
    name,
    address,
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    setHealthy: now => {
      healthy = now
    },
    stop: () => stop(server),
  }
}

/** Strangers are sent to the login page, as Grafana 9.3.2 and 12.4.0 do. */
function noSuchFile({headers}: IncomingMessage, response: ServerResponse): void {
  if (headers.cookie) response.writeHead(404).end('no such file')
  else response.writeHead(302, {location: '/login'}).end()
}

const SLOW_MILLISECONDS = 1500

/** Switches protocols as a WebSocket does, then sends every byte back. */
function echo(request: IncomingMessage, socket: Duplex): void {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  socket.on('error', () => undefined)
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  socket.pipe(socket)
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
}
