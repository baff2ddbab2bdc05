import {readFileSync} from 'node:fs'
import {createServer as createHttpServer, type Server, type ServerResponse} from 'node:http'
import {createServer as createHttpsServer} from 'node:https'
import {isIPv6} from 'node:net'
import type {Grafana} from '../grafana.ts'
import {Live} from './live.ts'
import {handler} from './serve.ts'
import {siteOf} from './site.ts'

const CLOSE_IDLE_MS = 20

export interface Listening {
  /** Takes no new connections, ends idle ones at once and the others after their answer. */
  readonly close: (deadlineMs: number) => Promise<void>
}

export async function listen(grafana: Grafana): Promise<Listening> {
  const server = makeServer(grafana)
  const live = new Live(grafana)
  server.on('upgrade', (request, socket, head) => void live.upgrade(request, socket, head))
  // A kept connection stays as long as the client keeps it, as with Go's server.
  Object.assign(server, {keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0, timeout: 0})
  const answering = new Set<ServerResponse>()
  server.prependListener('request', (_request, response) => {
    if (!server.listening) response.setHeader('Connection', 'close')
    answering.add(response)
    response.once('close', () => answering.delete(response))
  })
  await open(grafana, server)
  return {close: deadlineMs => close({server, live, answering}, deadlineMs)}
}

function makeServer(grafana: Grafana): Server {
  const {settings} = grafana
  const protocol = settings.or('server', 'protocol', 'http')
  if (!['http', 'https', 'h2', 'socket'].includes(protocol)) throw new Error(`invalid protocol ${protocol}`)
  if (protocol === 'http' || protocol === 'socket') return createHttpServer(handler(grafana))
  const [cert, key] = [settings.text('server', 'cert_file'), settings.text('server', 'cert_key')]
  if (cert === '') throw new Error('cert_file cannot be empty when using HTTPS')
  if (key === '') throw new Error('cert_key cannot be empty when using HTTPS')
  return createHttpsServer({cert: readFileSync(cert), key: readFileSync(key)}, handler(grafana))
}

function open({settings, log}: Grafana, server: Server): Promise<void> {
  const host = settings.text('server', 'http_addr')
  const port = settings.number('server', 'http_port', 3000)
  const protocol = settings.or('server', 'protocol', 'http')
  const socket = protocol === 'socket' ? settings.or('server', 'socket', '/tmp/grafana.sock') : ''
  const place = socket ? {path: socket} : host === '' ? {port} : {host, port}
  return new Promise((resolve, reject) => {
    server.once('error', error =>
      reject(new Error(`failed to open listener on address ${host}:${port}: ${error.message}`)),
    )
    server.listen(place, () => {
      const address = `${host === '' ? '[::]' : isIPv6(host) ? `[${host}]` : host}:${port}`
      const subUrl = siteOf(settings).subPath
      log.info('http.server', 'HTTP Server Listen', {address, protocol, subUrl, socket})
      resolve()
    })
  })
}

interface Open {
  readonly server: Server
  readonly live: Live
  readonly answering: ReadonlySet<ServerResponse>
}

async function close({server, live, answering}: Open, deadlineMs: number): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  for (const response of answering) if (!response.headersSent) response.setHeader('Connection', 'close')
  live.close()
  const idle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_MS)
  const deadline = new Promise<void>(resolve => setTimeout(resolve, deadlineMs).unref())
  await Promise.race([closed, deadline])
  clearInterval(idle)
  live.end()
  server.closeAllConnections()
}
