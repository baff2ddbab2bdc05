import type {IncomingMessage, ServerResponse} from 'node:http'
import type {User} from '../auth/users.ts'

/** One request on its way, with the path below any sub-path. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly path: string
  readonly query: URLSearchParams
  readonly cookies: ReadonlyMap<string, string>
  /** Signed in, where the route asks for it. */
  readonly user: User | undefined
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  send(response, {status, type: 'application/json', body: JSON.stringify(body)})
}

export interface Refusal {
  readonly status: number
  readonly message: string
  readonly messageId?: string
}

export function refuse(response: ServerResponse, {status, message, messageId}: Refusal): void {
  json(response, status, {...(messageId && {extra: null, messageId, statusCode: status, traceID: ''}), message})
}

export function html(response: ServerResponse, status: number, body: string): void {
  send(response, {status, type: 'text/html; charset=UTF-8', body})
}

export function text(response: ServerResponse, status: number, body: string): void {
  send(response, {status, type: 'text/plain; charset=UTF-8', body})
}

export function redirect(response: ServerResponse, location: string, status = 302): void {
  response.setHeader('Location', location)
  html(response, status, `<a href="${location}">Found</a>.\n`)
}

interface Content {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
}

export function send(response: ServerResponse, {status, type, body}: Content): void {
  response.statusCode = status
  response.setHeader('Content-Type', type)
  response.setHeader('Content-Length', Buffer.byteLength(body))
  if (!response.hasHeader('Cache-Control')) response.setHeader('Cache-Control', 'no-store')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('X-Frame-Options', 'deny')
  response.setHeader('X-Xss-Protection', '1; mode=block')
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

const LARGEST_BODY = 10_000_000

export async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    if (length > LARGEST_BODY) throw new Error('request body too large')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

export async function jsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const value: unknown = JSON.parse((await body(request)) || '{}')
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}
}
