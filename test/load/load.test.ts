import {mkdtempSync, readFileSync, rmSync} from 'node:fs'
import http from 'node:http'
import net, {type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterEach, describe, expect, it} from 'vitest'
import {WebSocketServer} from 'ws'
import {eventually} from '../support/eventually.ts'
import {type LoadOptions, startLoad} from './load.ts'

type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void

const CLIENTS = 4
const account = {user: 'admin', password: 'secret'}
const endings: Array<() => void> = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

/** Behaves as a good Grafana would, save where `misbehave` answers true after having done something else. */
async function aServer(misbehave: (...of: Parameters<Handler>) => boolean = () => false) {
  const server = http.createServer((request, response) => {
    if (misbehave(request, response)) return
    const {pathname} = new URL(request.url ?? '', 'http://x')
    if (request.method === 'POST' && pathname === '/login')
      response.setHeader('set-cookie', 'grafana_session=abc; Path=/')
    const html =
      '<html><base href="/"><script src="public/build/app.1.js"></script><link href="public/build/a.css"></html>'
    response.end(pathname === '/' || pathname === '/login' ? html : '{}')
  })
  const sockets = new WebSocketServer({server, path: '/api/live/ws'})
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  endings.push(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
    server.closeAllConnections()
  })
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets}
}

/** Users for a second, or as long as it takes. */
async function run(url: string, {ms = 1000, until, ...options}: Partial<LoadOptions> & Duration = {}) {
  const load = startLoad({url, account, clients: CLIENTS, rate: 400, ...options})
  await (until ? eventually('enough was seen', 30_000, until) : sleep(ms))
  return load.stop()
}

interface Duration {
  readonly ms?: number
  readonly until?: () => boolean
}

describe('the load generator', () => {
  it('loses nothing on a server that behaves, and asks for all it should', async () => {
    const asked: string[] = []
    const {url} = await aServer(({url: place = ''}) => {
      asked.push(place)
      return false
    })
    const load = startLoad({url, account, clients: 4, rate: 400})
    const kinds = ['/login', '/', '/api/org', '/public/build/a.css', '/api/ds/query']
    await eventually('all kinds are asked for', 30_000, () => kinds.every(kind => asked.includes(kind)))
    const summary = await load.stop()
    expect(summary).toMatchObject({
      lost: 0,
      byReason: {},
      queriesLost: 0,
      websocketCuts: 0,
      websocketRefusals: 0,
      reLogins: 0,
    })
    expect(Object.keys(summary.byAnswer).sort()).toEqual([
      'GET api 200',
      'GET asset 200',
      'GET page 200',
      'POST login 200',
      'POST query 200',
    ])
  })

  it('follows a file to where it is sent, and loses one that ends at the login page', async () => {
    const {url} = await aServer(({url: place = ''}, response) => {
      const [path, query] = place.split('?')
      if (path === '/public/build/a.css' && !query) response.writeHead(302, {location: `${path}?next=1`}).end()
      else if (path === '/public/build/app.1.js') response.writeHead(302, {location: '/login'}).end()
      else return false
      return true
    })
    const {byAnswer, byReason} = await run(url)
    expect(byAnswer['GET asset 200']).toBeGreaterThan(0)
    expect(byReason).toEqual({'asset-missing': expect.any(Number)})
  })

  it('loses a request that cannot connect', async () => {
    const closed = net.createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => closed.once('listening', resolve))
    const {port} = closed.address() as AddressInfo
    await new Promise(resolve => closed.close(resolve))
    const summary = await run(`http://127.0.0.1:${port}`)
    expect(summary.lost).toBe(summary.requests)
    expect(summary.byReason).toEqual({connect: summary.lost})
  })

  it('loses a request that is answered too late', async () => {
    const {url} = await aServer((request, response) => {
      if (request.url !== '/api/org') return false
      setTimeout(() => response.end('{}'), 300)
      return true
    })
    expect((await run(url, {slowMs: 150})).byReason).toEqual({slow: expect.any(Number)})
    expect((await run(url, {slowMs: 2000, ms: 700})).lost).toBe(0)
  })

  it('loses a request that is answered with 5xx', async () => {
    const {url} = await aServer((request, response) => {
      if (request.url !== '/api/user') return false
      response.writeHead(503).end('{}')
      return true
    })
    expect((await run(url)).byReason).toEqual({'server-error': expect.any(Number)})
  })

  it.each(['by length', 'in chunks'])('loses a response that ends early when it is sent %s', async how => {
    const {url} = await aServer((request, response) => {
      if (!request.url?.endsWith('.css')) return false
      response.writeHead(200, how === 'by length' ? {'content-length': '1000'} : {})
      response.write('only this')
      setTimeout(() => response.destroy(), 10)
      return true
    })
    expect((await run(url)).byReason).toEqual({truncated: expect.any(Number)})
  })

  it.each([
    ['a redirect', 302],
    ['a 401', 401],
  ])('loses a request of a logged-in client that is sent to login by %s, and logs in again', async (_, status) => {
    let logins = 0
    const {url} = await aServer((request, response) => {
      if (request.method === 'POST' && request.url === '/login') logins += 1
      if (request.url !== '/api/org') return false
      response.writeHead(status, status === 302 ? {location: '/login?redirectTo=x'} : {}).end()
      return true
    })
    // Once each to begin with; of the later ones, all but the last were surely answered.
    const summary = await run(url, {until: () => logins > 2 * CLIENTS})
    expect(summary.byReason).toEqual({'sent-to-login': expect.any(Number)})
    expect(summary.reLogins).toBeGreaterThan(0)
  })

  it('loses an asset that a page names and nobody has', async () => {
    const {url} = await aServer((request, response) => {
      if (request.url !== '/public/build/app.1.js') return false
      response.writeHead(404).end()
      return true
    })
    expect((await run(url)).byReason).toEqual({'asset-missing': expect.any(Number)})
  })

  it('asks once more when a kept connection closes before a byte came, and only then', async () => {
    const used = new WeakSet<object>()
    const {url} = await aServer((request, response) => {
      const isKept = used.has(request.socket)
      used.add(request.socket)
      if (request.method !== 'GET' || !isKept) return false
      response.destroy()
      return true
    })
    const summary = await run(url)
    expect(summary.lost).toBe(0)
    expect(summary.retries).toBeGreaterThan(0)
  })

  it('loses a request whose new connection closes before a byte came', async () => {
    const {url} = await aServer((request, response) => {
      if (request.method !== 'GET') return false
      response.destroy()
      return true
    })
    const summary = await run(url)
    expect(summary.byReason['closed']).toBeGreaterThan(0)
    expect(summary.lost).toBeGreaterThan(0)
  })

  it('counts lost queries apart and never sends one twice', async () => {
    let arrived = 0
    const {url} = await aServer((request, response) => {
      if (request.url !== '/api/ds/query') return false
      arrived += 1
      response.destroy()
      return true
    })
    const summary = await run(url, {until: () => arrived > 0})
    expect(summary).toMatchObject({lost: 0, queries: arrived, queriesLost: arrived})
  })

  it('counts cuts of the WebSocket apart', async () => {
    const {url, sockets} = await aServer()
    let cuts = 0
    sockets.on('connection', socket => {
      setTimeout(() => {
        socket.terminate()
        cuts += 1
      }, 50)
    })
    // Somebody comes for the third time, and has seen two.
    const summary = await run(url, {until: () => cuts > 2 * CLIENTS})
    expect(summary.lost).toBe(0)
    expect(summary.websocketCuts).toBeGreaterThanOrEqual(2)
  })

  it('keeps a raw log with one line per request, kept and new connections among them', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gha-load-'))
    endings.push(() => rmSync(folder, {recursive: true}))
    const {url} = await aServer()
    const log = path.join(folder, 'load.ndjson')
    const summary = await run(url, {log})
    const lines = readFileSync(log, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines).toHaveLength(summary.requests + summary.queries)
    expect(new Set(lines.map(line => line.connection))).toEqual(new Set(['kept', 'opened', 'single']))
    expect(lines[0]).toMatchObject({time: expect.stringMatching(/^\d{4}-/), client: 0, kind: 'login', status: 200})
    const aged = lines.filter(({pageAgeMs}) => pageAgeMs >= 0)
    expect(aged.length).toBeGreaterThan(0)
    expect(aged).toEqual(lines.filter(({kind}) => kind === 'asset'))
  })
})
