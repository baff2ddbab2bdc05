import {spawnSync} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import net, {type AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {text} from 'node:stream/consumers'
import {afterEach, describe, expect, it} from 'vitest'
import WebSocket, {WebSocketServer} from 'ws'
import {eventually} from '../support/eventually.ts'
import {freePort} from './slot.ts'

const endings: Array<() => unknown> = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

interface Node {
  readonly port: number
  readonly server: http.Server
  isHealthy: boolean
}

/** A server that answers its name, has one asset of its own, and fails its health check when told. */
async function aNode(name: string): Promise<Node> {
  const server = http.createServer((request, response) => {
    if (request.url === '/api/health') response.writeHead(node.isHealthy ? 200 : 503).end()
    else if (request.url === `/public/build/${name}`) response.end(`asset of ${name}`)
    else if (request.url?.startsWith('/public/build/')) response.writeHead(404).end()
    else response.end(name)
  })
  const sockets = new WebSocketServer({server, path: '/api/live/ws'})
  sockets.on('connection', socket => socket.send(name))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const node: Node = {port: (server.address() as AddressInfo).port, server, isHealthy: true}
  endings.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return node
}

const PROGRAMS = [
  {
    program: "the sandbox's own balancer",
    run: [process.execPath, '--no-warnings', path.join(import.meta.dirname, 'balancer.ts')],
  },
  {program: 'HAProxy', run: ['/usr/sbin/haproxy']},
].filter(({run}) => existsSync(run[0] ?? ''))

interface Setup {
  readonly run: readonly string[]
  readonly nodes: readonly {readonly port: number}[]
  readonly env?: NodeJS.ProcessEnv
}

async function aBalancer({run, nodes, env}: Setup) {
  const folder = mkdtempSync(path.join(tmpdir(), 'gha-balancer-'))
  const port = await freePort('127.0.0.1')
  const servers = (rest: (name: string) => string) =>
    nodes.map((node, place) => `  server gf${place + 1} 127.0.0.1:${node.port} ${rest(`gf${place + 1}`)}`).join('\n')
  const file = path.join(folder, 'haproxy.cfg')
  writeFileSync(
    file,
    `global
  stats socket ${folder}/s mode 660 level admin
defaults
  mode http
  retries 2
  option redispatch 1
  timeout connect 1s
  timeout client 10s
  timeout server 10s
  timeout tunnel 1m
  timeout check 5s
  default-server inter 100ms fall 2 rise 1
frontend in
  bind 127.0.0.1:${port}
  acl asset path_beg /public/build/
  use_backend any if { nbsrv(grafana) eq 0 } # comment
  use_backend assets if asset
  default_backend grafana
backend grafana
  balance roundrobin
  option httpchk
  http-check send meth GET uri /api/health
  http-check expect status 200
${servers(() => 'check')}
backend assets
  retry-on 404 conn-failure
  retries 3
${servers(name => `track grafana/${name}`)}
backend any
  server last 127.0.0.1:${nodes[0]?.port}
`,
  )
  const [program = '', ...words] = run
  const pidFile = path.join(folder, 'pid')
  const started = spawnSync(program, [...words, '-D', '-f', file, '-p', pidFile], {
    encoding: 'utf8',
    env: {...process.env, ...env},
  })
  expect(started).toMatchObject({status: 0})
  endings.push(() => {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM')
    rmSync(folder, {recursive: true})
  })
  return {
    url: `http://127.0.0.1:${port}`,
    ask: async (command: string) => {
      const socket = net.connect(`${folder}/s`)
      socket.end(`${command}\n`)
      return text(socket)
    },
  }
}

async function get(url: string) {
  const response = await fetch(url)
  return `${response.status} ${(await response.text()).trim()}`
}

/** One after the other: HAProxy's turn among servers goes on with every request of every client. */
async function several(url: string) {
  const answers = new Set<string>()
  for (let times = 0; times < 6; times += 1) answers.add(await get(url))
  return answers
}

/** Status and admin bits of one server, as gha reads them. */
async function look(balancer: {ask(command: string): Promise<string>}, name: string) {
  const [header = '', ...rows] = (await balancer.ask('show stat')).split('\n')
  const columns = header.replace('# ', '').split(',')
  const row = rows.find(line => line.startsWith(`grafana,${name},`))?.split(',') ?? []
  const state = (await balancer.ask('show servers state grafana')).split('\n').find(line => line.includes(` ${name} `))
  return {status: row[columns.indexOf('status')], addr: row[columns.indexOf('addr')], admin: state?.split(' ')[6]}
}

const hasStatus = (balancer: Parameters<typeof look>[0], name: string, status: string) =>
  eventually(`${name} is ${status}`, 20_000, async () => (await look(balancer, name)).status === status)

describe.each(PROGRAMS)('$program', ({run}) => {
  it('spreads requests over its servers and leaves out one that fails its check', async () => {
    const nodes = [await aNode('gf1'), await aNode('gf2')]
    const balancer = await aBalancer({run, nodes})
    expect(await several(balancer.url)).toEqual(new Set(['200 gf1', '200 gf2']))
    nodes[0]!.isHealthy = false
    await hasStatus(balancer, 'gf1', 'DOWN')
    expect(await several(balancer.url)).toEqual(new Set(['200 gf2']))
    nodes[0]!.isHealthy = true
    await hasStatus(balancer, 'gf1', 'UP')
    nodes[0]!.isHealthy = false
    nodes[1]!.isHealthy = false
    await hasStatus(balancer, 'gf2', 'DOWN')
    expect(await several(balancer.url)).toEqual(new Set(['200 gf1']))
  })

  it('drains, takes out and puts back, and says so', async () => {
    const nodes = [await aNode('gf1'), await aNode('gf2')]
    const balancer = await aBalancer({run, nodes})
    await hasStatus(balancer, 'gf1', 'UP')
    expect(await look(balancer, 'gf1')).toMatchObject({addr: `127.0.0.1:${nodes[0]!.port}`, admin: '0'})
    for (const [state, status, admin] of [
      ['drain', 'DRAIN', '8'],
      ['maint', 'MAINT', '1'],
    ]) {
      expect(await balancer.ask(`set server grafana/gf1 state ${state}`)).toBe('\n')
      expect(await look(balancer, 'gf1')).toMatchObject({status, admin})
      expect(await several(balancer.url)).toEqual(new Set(['200 gf2']))
      expect(await several(`${balancer.url}/public/build/gf1`)).toEqual(new Set(['404 ']))
    }
    await balancer.ask('set server grafana/gf1 state ready')
    await hasStatus(balancer, 'gf1', 'UP')
    expect(await look(balancer, 'gf1')).toMatchObject({admin: '0'})
    expect(await several(balancer.url)).toEqual(new Set(['200 gf1', '200 gf2']))
    expect(await balancer.ask('set server grafana/none state ready')).toBe('No such server.\n\n')
  })

  it('asks the next server for an asset that the first lacks', async () => {
    const nodes = [await aNode('gf1'), await aNode('gf2'), await aNode('gf3')]
    const balancer = await aBalancer({run, nodes})
    expect(await several(`${balancer.url}/public/build/gf3`)).toEqual(new Set(['200 asset of gf3']))
    expect(await several(`${balancer.url}/public/build/none`)).toEqual(new Set(['404 ']))
  })

  it('asks the next server when one does not connect', async () => {
    const nodes = [await aNode('gf1'), {port: await freePort('127.0.0.1')}]
    const balancer = await aBalancer({run, nodes})
    expect(await several(balancer.url)).toEqual(new Set(['200 gf1']))
  })

  it('carries a WebSocket', async () => {
    const balancer = await aBalancer({run, nodes: [await aNode('gf1')]})
    const socket = new WebSocket(`${balancer.url.replace('http', 'ws')}/api/live/ws`)
    expect(await new Promise(resolve => socket.on('message', data => resolve(String(data))))).toBe('gf1')
    const closed = new Promise(resolve => socket.on('close', resolve))
    socket.terminate()
    await closed
  })

  it('refuses a configuration that is none', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'gha-balancer-'))
    endings.push(() => rmSync(folder, {recursive: true}))
    writeFileSync(path.join(folder, 'c'), 'frontned in\n  bind *:80\n')
    const [program = '', ...words] = run
    const judged = spawnSync(program, [...words, '-c', '-f', path.join(folder, 'c')], {encoding: 'utf8'})
    expect(judged).toMatchObject({status: 1, stderr: expect.stringContaining("unknown keyword 'frontned'")})
  })
})

describe("the sandbox's own balancer, told to ignore drains", () => {
  it('says what it was told and goes on sending requests', async () => {
    const nodes = [await aNode('gf1'), await aNode('gf2')]
    const run = PROGRAMS[0]?.run ?? []
    const balancer = await aBalancer({run, nodes, env: {GHA_SANDBOX_DRAIN: 'ignored'}})
    await balancer.ask('set server grafana/gf1 state maint')
    expect(await look(balancer, 'gf1')).toMatchObject({status: 'MAINT', admin: '1'})
    expect(await several(balancer.url)).toEqual(new Set(['200 gf1', '200 gf2']))
  })
})
