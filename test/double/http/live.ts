import type {IncomingMessage} from 'node:http'
import type {Duplex} from 'node:stream'
import {type WebSocket, WebSocketServer} from 'ws'
import type {Grafana} from '../grafana.ts'
import {identify} from './identify.ts'
import {readCookies} from './session-cookie.ts'
import {siteOf} from './site.ts'

const PING_MS = 5000

/** The WebSocket at /api/live/ws: answers what it gets, pings with `{}`, and ends with the server. */
export class Live {
  private readonly grafana: Grafana
  private readonly server = new WebSocketServer({noServer: true})

  constructor(grafana: Grafana) {
    this.grafana = grafana
  }

  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => {})
    const refusal = await this.refusal(request)
    if (refusal !== undefined) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    this.server.handleUpgrade(request, socket, head, client => serve(client))
  }

  close(): void {
    for (const client of this.server.clients) client.close(1001, 'shutdown')
  }

  end(): void {
    for (const client of this.server.clients) client.terminate()
  }

  private async refusal(request: IncomingMessage): Promise<string | undefined> {
    const {settings} = this.grafana
    const limit = settings.number('live', 'max_connections', 100)
    const path = (request.url ?? '').split('?')[0] ?? ''
    if (!path.endsWith('/api/live/ws') || limit === 0) return '404 Not Found'
    if (!this.isAllowed(request.headers.origin)) return '403 Forbidden'
    const identity = await identify(this.grafana, request, readCookies(request.headers.cookie))
    if (identity.kind !== 'user') return '401 Unauthorized'
    return limit > 0 && this.server.clients.size >= limit ? '503 Service Unavailable' : undefined
  }

  private isAllowed(origin: string | undefined): boolean {
    if (!origin) return true
    const {settings} = this.grafana
    const allowed = [siteOf(settings).rootUrl.origin, ...settings.list('live', 'allowed_origins')]
    return allowed.some(pattern => isMatch(origin.toLowerCase(), pattern.toLowerCase()))
  }
}

function serve(client: WebSocket): void {
  const timer = setInterval(() => client.send('{}'), PING_MS)
  client.on('error', () => {})
  client.on('close', () => clearInterval(timer))
  client.on('message', (data, isBinary) => client.send(data as Buffer, {binary: isBinary}))
}

function isMatch(origin: string, pattern: string): boolean {
  const expression = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')
  return new RegExp(`^${expression}$`).test(origin)
}
