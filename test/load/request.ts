import http from 'node:http'

export interface Wish {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Without an agent the connection is new and closed afterwards. */
  readonly agent: http.Agent | undefined
  readonly slowMs: number
}

/** Which connection carried it: `kept` was used before, `opened` is to be kept, `single` is for this request alone. */
export type ConnectionKind = 'kept' | 'opened' | 'single'

export type Failure = 'connect' | 'closed' | 'slow' | 'truncated'

export type Answer = {readonly connection: ConnectionKind; readonly ms: number; readonly bytes: number} & (
  | {readonly kind: 'reply'; readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly body: string}
  /** `closed`: the connection ended before one byte came. */
  | {readonly kind: 'failure'; readonly failure: Failure; readonly status?: number}
)

/** One request on one connection. Never tries twice and never throws: what went wrong is the answer. */
export function request(wish: Wish): Promise<Answer> {
  const started = performance.now()
  const seen: Seen = {connected: false, bytesBefore: 0, bytes: 0, chunks: []}
  return new Promise(resolve => {
    const outgoing = http.request(wish.url, {
      method: wish.method,
      headers: {...wish.headers, ...(wish.body === undefined ? {} : {'content-length': Buffer.byteLength(wish.body)})},
      agent: wish.agent ?? false,
    })
    const timer = setTimeout(() => finish('slow'), wish.slowMs)
    const finish = (failure: Failure | undefined) => {
      clearTimeout(timer)
      resolve(toAnswer(seen, {failure, wish, outgoing, ms: performance.now() - started}))
      if (failure) outgoing.destroy()
    }
    watchSocket(outgoing, seen)
    outgoing.on('error', () => finish(failureOf(seen)))
    outgoing.on('response', incoming => readReply(incoming, seen, finish))
    outgoing.end(wish.body)
  })
}

interface Seen {
  connected: boolean
  socket?: import('node:net').Socket
  bytesBefore: number
  bytes: number
  chunks: Buffer[]
  incoming?: http.IncomingMessage
}

function watchSocket(outgoing: http.ClientRequest, seen: Seen): void {
  outgoing.on('socket', socket => {
    seen.socket = socket
    seen.bytesBefore = socket.bytesRead
    seen.connected = !socket.connecting
    if (!socket.connecting) return
    socket.once('connect', () => {
      seen.connected = true
    })
  })
}

function readReply(incoming: http.IncomingMessage, seen: Seen, finish: (failure: Failure | undefined) => void): void {
  seen.incoming = incoming
  incoming.on('data', (chunk: Buffer) => {
    seen.bytes += chunk.length
    seen.chunks.push(chunk)
  })
  incoming.on('error', () => finish('truncated'))
  incoming.on('end', () => finish(undefined))
}

function failureOf(seen: Seen): Failure {
  if (!seen.connected) return 'connect'
  const bytesCame = (seen.socket?.bytesRead ?? 0) > seen.bytesBefore
  return bytesCame ? 'truncated' : 'closed'
}

interface End {
  readonly failure: Failure | undefined
  readonly wish: Wish
  readonly outgoing: http.ClientRequest
  readonly ms: number
}

function toAnswer(seen: Seen, {failure, wish, outgoing, ms}: End): Answer {
  const kept = outgoing.reusedSocket ? 'kept' : 'opened'
  const common = {connection: wish.agent ? kept : ('single' as const), ms, bytes: seen.bytes} as const
  const status = seen.incoming?.statusCode
  if (failure || !seen.incoming || status === undefined) {
    return {...common, kind: 'failure', failure: failure ?? 'truncated', ...(status === undefined ? {} : {status})}
  }
  const body = Buffer.concat(seen.chunks).toString()
  return {...common, kind: 'reply', status, headers: seen.incoming.headers, body}
}
