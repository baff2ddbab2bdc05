import http, {type IncomingMessage, type ServerResponse} from 'node:http'
import net, {type Socket} from 'node:net'
import type {Duplex} from 'node:stream'
import type {Pool, Server} from './pool.ts'

type Find = (path: string) => Pool | undefined

/** Forwards as HAProxy does: kept connections on both sides, another server when one does not connect. */
export function makeProxy(find: Find): http.Server {
  const known = new WeakSet<Socket>()
  const server = http.createServer({keepAliveTimeout: 60_000}, (request, response) => {
    const isFirst = !known.has(request.socket)
    known.add(request.socket)
    forward({request, response, isFirst, pool: find(request.url ?? '/'), tried: []})
  })
  server.on('upgrade', (request, socket, head) =>
    tunnel({request, socket, head, pool: find(request.url ?? '/'), tried: []}),
  )
  return server
}

interface Passage {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The first request of a client connection never goes over a used server connection: that client could not repeat it. */
  readonly isFirst: boolean
  readonly pool: Pool | undefined
  readonly tried: readonly Server[]
}

function forward(passage: Passage): void {
  const {request, response, pool, isFirst, tried} = passage
  const server = pool?.choose(tried)
  if (!pool || !server) {
    refuse(response)
    return
  }
  const outgoing = http.request({
    host: server.line.host,
    port: server.line.port,
    method: request.method,
    path: request.url,
    headers: withoutHops(request.rawHeaders),
    setHost: false,
    agent: isFirst ? false : server.agent,
  })
  const leave = enter(server)
  const next = {...passage, tried: [...tried, server]}
  let isConnected = false
  onConnected(outgoing, pool.backend.connectMs, () => {
    isConnected = true
    request.pipe(outgoing)
  })
  outgoing.setTimeout(pool.backend.serverMs, () => outgoing.destroy(new Error('timeout')))
  response.on('close', () => outgoing.destroy())
  outgoing.on('close', leave)
  outgoing.on('response', incoming => {
    if (mayRetry(next, String(incoming.statusCode))) {
      incoming.resume()
      response.removeAllListeners('close')
      forward(next)
    } else answer(incoming, response)
  })
  outgoing.on('error', () => {
    response.removeAllListeners('close')
    fail(next, outgoing, isConnected ? 'empty-response' : 'conn-failure')
  })
}

/** On a used connection HAProxy closes without a word, and the client decides whether to ask again. */
function fail(passage: Passage, outgoing: http.ClientRequest, failure: 'empty-response' | 'conn-failure'): void {
  const {response} = passage
  const isOver = response.headersSent || response.destroyed
  if (!isOver && mayRetry(passage, failure)) forward(passage)
  else if (isOver || outgoing.reusedSocket) response.destroy()
  else refuse(response, failure === 'conn-failure' ? 503 : 502)
}

function onConnected(outgoing: http.ClientRequest, connectMs: number, then: () => void): void {
  outgoing.on('socket', socket => {
    if (!socket.connecting) return then()
    const timer = setTimeout(() => outgoing.destroy(new Error('connect timeout')), connectMs)
    socket.once('connect', then)
    for (const end of ['connect', 'close']) socket.once(end, () => clearTimeout(timer))
  })
}

/** A request with a body was sent already when an answer comes: only what failed to connect can be tried again. */
function mayRetry({pool, request, tried}: Passage, event: string): boolean {
  if (!pool?.backend.retryOn.includes(event) || tried.length > pool.backend.retries) return false
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
  return event === 'conn-failure' || !hasBody
}

function answer(incoming: IncomingMessage, response: ServerResponse): void {
  response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, withoutHops(incoming.rawHeaders))
  incoming.pipe(response)
  incoming.on('error', () => response.destroy())
}

function refuse(response: ServerResponse, status = 503): void {
  response.writeHead(status, {'content-type': 'text/html', 'cache-control': 'no-cache'})
  response.end(`<html><body><h1>${status} ${http.STATUS_CODES[status]}</h1></body></html>\n`)
}

interface Tunnel {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly pool: Pool | undefined
  readonly tried: readonly Server[]
}

function tunnel(passage: Tunnel): void {
  const {request, socket, head, pool, tried} = passage
  const server = pool?.choose(tried)
  if (!pool || !server || tried.length > pool.backend.retries) {
    socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n')
    return
  }
  const leave = enter(server)
  let isConnected = false
  const target = net.connect({host: server.line.host, port: server.line.port}, () => {
    isConnected = true
    target.write(headOf(request))
    target.write(head)
    target.pipe(socket).pipe(target)
  })
  target.on('error', () => {
    if (isConnected) socket.destroy()
    else tunnel({...passage, tried: [...tried, server]})
  })
  target.on('close', () => {
    leave()
    if (isConnected) socket.destroy()
  })
  socket.on('error', () => target.destroy())
  socket.on('close', () => target.destroy())
}

function headOf(request: IncomingMessage): string {
  const pairs = Array.from({length: request.rawHeaders.length / 2}, (_, place) => {
    return `${request.rawHeaders[2 * place]}: ${request.rawHeaders[2 * place + 1]}`
  })
  return [`${request.method} ${request.url} HTTP/1.1`, ...pairs, '', ''].join('\r\n')
}

function enter(server: Server): () => void {
  server.current += 1
  server.total += 1
  let isIn = true
  return () => {
    if (isIn) server.current -= 1
    isIn = false
  }
}

const HOPS = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te', 'trailer']

function withoutHops(raw: readonly string[]): string[] {
  return raw.filter((_, place) => !HOPS.includes((raw[place - (place % 2)] ?? '').toLowerCase()))
}
