import type {IncomingMessage} from 'node:http'
import {createRequire} from 'node:module'
import type {Duplex} from 'node:stream'
import type {Dialler} from '../ports/host.ts'
import type {Http, HttpOrigin, HttpRequest, HttpResponse} from '../ports/http.ts'
import {asSocket} from './dialled/as-socket.ts'
import {secured} from './dialled/secured.ts'
import {within} from './dialled/within.ts'

/** An `import` of node:http reads all its exports, WebSocket among them, and that loads a second HTTP client: 40 ms. */
const http = createRequire(import.meta.url)('node:http') as typeof import('node:http')

const DEFAULT_SECONDS = 10
const LARGEST_BODY = 16 * 1024 * 1024

/** One request over one stream dialled from a host; no answer is taken that did not arrive whole. */
export function createHttp(): Http {
  return {
    async request(from: Dialler, at: HttpOrigin, request: HttpRequest): Promise<HttpResponse> {
      const seconds = request.deadlineSeconds ?? DEFAULT_SECONDS
      const dialled = from.dial(at.destination)
      const letGo = () => {
        dialled.then(
          late => late.destroy(),
          () => undefined,
        )
      }
      const stream = await within(seconds, dialled, letGo)
      stream.on('error', () => undefined)
      try {
        return await within(seconds, exchange(stream, at, request), () => stream.destroy())
      } finally {
        stream.destroy()
      }
    },
  }
}

async function exchange(stream: Duplex, at: HttpOrigin, request: HttpRequest): Promise<HttpResponse> {
  const {tls} = at
  const line = tls
    ? await secured(stream, {name: tls.serverName, verify: 'full', ...(tls.ca === undefined ? {} : {ca: tls.ca})})
    : stream
  const asked = performance.now()
  const response = await answerTo(line, at.hostHeader, request)
  const body = await bodyOf(response)
  return {
    status: response.statusCode ?? 0,
    body,
    headers: response.headers,
    milliseconds: Math.round((performance.now() - asked) * 10) / 10,
  }
}

function answerTo(line: Duplex, hostHeader: string, request: HttpRequest): Promise<IncomingMessage> {
  const {method = 'GET', path, headers, body} = request
  return new Promise((resolve, reject) => {
    const outgoing = http.request({
      method,
      path,
      createConnection: () => asSocket(line),
      setHost: false,
      headers: {
        Host: hostHeader,
        Connection: 'close',
        ...headers,
      },
    })
    outgoing.once('response', resolve)
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY) throw new Error('the answer is larger than 16 MiB')
    chunks.push(chunk)
  }
  if (!response.complete) throw new Error('the answer was cut off')
  return Buffer.concat(chunks).toString('utf8')
}
