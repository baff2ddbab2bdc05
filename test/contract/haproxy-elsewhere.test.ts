import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {HaproxyBalancer} from '../../src/lib/adapters/haproxy.ts'
import type {Script} from '../../src/lib/model/script.ts'
import {aNode} from '../support/a-cluster.ts'
import {aHaproxy, type Haproxy} from '../support/a-load-balancer.ts'
import {type Daemon, startDaemon} from '../support/daemon.ts'
import {freePort} from '../support/free-port.ts'
import {LocalHost, LocalHosts} from '../support/local-host.ts'
import {type SmallGrafana, startSmallGrafana} from '../support/small-grafana.ts'

const gf1 = aNode({name: 'gf1'})

/** Two HAProxys with a configuration of the operator's own, in which a node has a server in each of two backends. */
describe('HAProxy with two backends on two hosts', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'elsewhere-'))
  const socketOf = (host: string) => path.join(folder, `${host}.sock`)
  let grafanas: readonly SmallGrafana[]
  let daemons: readonly Daemon[]
  beforeAll(async () => {
    grafanas = await Promise.all(
      ['gf1', 'gf2', 'gf1ws', 'gf2ws'].map((name, place) => startSmallGrafana(name, `127.0.0.1${place + 1}`, 'app.js')),
    )
    daemons = await Promise.all(['lb1', 'lb2'].map(host => startHaproxy(host)))
  })
  afterAll(async () => {
    await Promise.all([...daemons, ...grafanas].map(daemon => daemon.stop()))
    rmSync(folder, {recursive: true})
  })

  async function startHaproxy(host: string): Promise<Daemon> {
    const port = await freePort('127.0.0.1')
    const [web1, web2, ws1, ws2] = grafanas.map(({address, port: own}) => `${address}:${own} check inter 200ms`)
    const text = [
      'global',
      `  stats socket ${socketOf(host)} level admin`,
      `  stats socket ${socketOf(host)}.watch level operator`,
      'defaults',
      '  mode http',
      '  timeout connect 1s',
      '  timeout client 5s',
      '  timeout server 5s',
      'frontend in',
      `  bind 127.0.0.1:${port}`,
      '  use_backend sockets if { path_beg /api/live/ }',
      '  default_backend grafana',
      ...['backend grafana', `  server gf1 ${web1}`, `  server gf2 ${web2}`],
      ...['backend sockets', `  server gf1 ${ws1}`, ...(host === 'lb1' ? [`  server gf2 ${ws2}`] : [])],
      ...['backend spares', '  server gf1 127.0.0.9:3000 disabled'],
      '',
    ]
    const file = path.join(folder, `${host}.cfg`)
    writeFileSync(file, text.join('\n'))
    return startDaemon({
      argv: ['haproxy', '-f', file],
      ready: async () => (await fetch(`http://127.0.0.1:${port}/`)).arrayBuffer(),
    })
  }

  const open = (wish: Partial<Haproxy> = {}) => {
    const hosts = new LocalHosts()
    hosts.connected.set('lb2', new SecondHost(socketOf('lb1'), socketOf('lb2')))
    const [lb1] = aHaproxy().hosts
    const both = [lb1!, {...lb1!, name: 'lb2'}]
    return new HaproxyBalancer(
      hosts,
      aHaproxy({hosts: both, backends: ['grafana', 'sockets'], socket: socketOf('lb1'), ...wish}),
      Date,
    )
  }
  const states = async (wish: Partial<Haproxy> = {}) =>
    (await open(wish).status())
      .filter(({server}) => server === 'gf1')
      .map(({balancer, state, words}) => `${balancer} ${state}: ${words}`)

  it('takes a node out of all of them together, and back', async () => {
    await expect.poll(() => states()).toEqual(['lb1 in: UP', 'lb2 in: UP'])
    await open().drain(gf1)
    expect(await states()).toEqual(['lb1 drain: DRAIN', 'lb2 drain: DRAIN'])
    await open().takeOut(gf1)
    expect(await states()).toEqual(['lb1 out: MAINT', 'lb2 out: MAINT'])
    expect(await states({backends: ['sockets']})).toEqual(['lb1 out: MAINT', 'lb2 out: MAINT'])
    await open().undrain(gf1)
    await expect.poll(() => states()).toEqual(['lb1 in: UP', 'lb2 in: UP'])
  })

  it('sees in what its configuration disables and somebody has made ready', async () => {
    const spares = {backends: ['spares']} as const
    expect(await states(spares)).toEqual(['lb1 out: MAINT', 'lb2 out: MAINT'])
    await open(spares).undrain(gf1)
    expect(await states(spares)).toEqual(['lb1 in: no check', 'lb2 in: no check'])
  })

  it('does not say in while one backend keeps the node out, nor out while one feeds it', async () => {
    await open({backends: ['sockets']}).takeOut(gf1)
    expect(await states()).toEqual(['lb1 drain: UP, sockets: MAINT', 'lb2 drain: UP, sockets: MAINT'])
    await open({backends: ['grafana']}).takeOut(gf1)
    await open({backends: ['sockets']}).undrain(gf1)
    await expect.poll(() => states()).toEqual(['lb1 in: MAINT, sockets: UP', 'lb2 in: MAINT, sockets: UP'])
    await open().undrain(gf1)
  })

  it('does not say in while one backend fails its health check', async () => {
    await grafanas[2]!.stop()
    await expect
      .poll(() => states(), {timeout: 5000})
      .toEqual(['lb1 down: UP, sockets: DOWN', 'lb2 down: UP, sockets: DOWN'])
  })

  it('says before the first drain that a backend of one host lacks the node', async () => {
    const gf2 = aNode({name: 'gf2'})
    await expect(open().rehearse([gf1, gf2])).rejects.toMatchObject({
      code: 'BALANCER_NO_SERVER',
      message: expect.stringContaining('no server named gf2 in the backend sockets'),
      node: 'lb2',
    })
    await expect(open().takeOut(gf2)).rejects.toMatchObject({code: 'BALANCER_NO_SERVER'})
    expect((await open({backends: ['grafana']}).status()).filter(({state}) => state === 'out')).toEqual([])
  })

  it('says before the first drain that a backend has another name', async () => {
    await expect(open({backends: ['grafana', 'socket']}).rehearse([gf1])).rejects.toMatchObject({
      code: 'BALANCER_NO_BACKEND',
      message: 'HAProxy has no backend named socket; did you mean sockets?',
    })
  })

  it('says before the first drain that a socket takes no orders', async () => {
    const watch = open({socket: `${socketOf('lb1')}.watch`})
    await expect(watch.rehearse([gf1])).rejects.toMatchObject({code: 'BALANCER_SOCKET_LEVEL', exit: 'preflight'})
    expect(await watch.status()).toHaveLength(4)
    await expect(open().rehearse([gf1])).resolves.toBeUndefined()
  })
})

/** This machine again, whose HAProxy listens at another place. */
class SecondHost extends LocalHost {
  readonly #socket: readonly [from: string, to: string]

  constructor(from: string, to: string) {
    super('lb2')
    this.#socket = [from, to]
  }

  override run<T>(script: Script<T>): Promise<T> {
    return super.run({...script, text: script.text.replaceAll(...this.#socket)})
  }
}
