import {spawn} from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import WebSocket from 'ws'
import {HaproxyBalancer} from '../../src/lib/adapters/haproxy.ts'
import {NginxBalancer} from '../../src/lib/adapters/nginx.ts'
import type {Node} from '../../src/lib/model/node.ts'
import type {Script} from '../../src/lib/model/script.ts'
import type {BalancerView} from '../../src/lib/ports/balancer.ts'
import {serverStateFile} from '../../src/lib/render/render-balancer.ts'
import {aNode} from '../support/a-cluster.ts'
import type {Haproxy, Nginx} from '../support/a-load-balancer.ts'
import {type Balanced, startBehindHaproxy, startBehindNginx} from '../support/balanced.ts'
import {LocalHost, LocalHosts} from '../support/local-host.ts'
import {Selinux} from '../support/selinux.ts'
import {describeBalancer} from './balancer-contract.ts'

const haproxyOf = ({cluster}: Balanced) => cluster.loadBalancer as Haproxy

describeBalancer({
  name: 'HAProxy',
  start: startBehindHaproxy,
  open: balanced => new HaproxyBalancer(new LocalHosts(), haproxyOf(balanced), Date),
})

describeBalancer({
  name: 'nginx',
  start: startBehindNginx,
  open: balanced => new NginxBalancer(new LocalHosts(), balanced.cluster.loadBalancer as Nginx, Date),
})

describe('HAProxy', () => {
  let balanced: Balanced
  let node: Node
  beforeAll(async () => {
    balanced = await startBehindHaproxy()
    node = balanced.cluster.nodes[0]!
  })
  afterAll(() => balanced.stop())

  const open = (wish: Partial<Haproxy> = {}, hosts = new LocalHosts()) =>
    new HaproxyBalancer(hosts, {...haproxyOf(balanced), ...wish}, Date)

  it.each([['socat'], ['perl'], ['python3'], ['nc']])(
    'is spoken to through %s where the host has nothing else',
    async tool => {
      const bin = mkdtempSync(path.join(tmpdir(), 'tools-'))
      for (const program of [tool, 'sh', 'mv', 'rm', 'grep', 'cat'])
        symlinkSync(realPath(program), path.join(bin, program))
      const hosts = new LocalHosts()
      hosts.connected.set('lb1', new LocalHost('lb1', {PATH: bin}))
      const balancer = open({}, hosts)
      await balancer.takeOut(node)
      expect((await balancer.status())[0]).toMatchObject({server: 'gf1', state: 'out'})
      await balancer.undrain(node)
      rmSync(bin, {recursive: true})
    },
  )

  it('takes a node back on credit, and soon says what its own check says', async () => {
    const balancer = open()
    const viewOf = (views: readonly BalancerView[]) => {
      const {state, onCredit} = views.find(({server}) => server === 'gf1')!
      return onCredit ? `${state} on credit` : state
    }
    const soon = (expected: string) =>
      expect.poll(async () => viewOf(await balancer.status()), {timeout: 20_000}).toBe(expected)
    await balancer.takeOut(node)
    balanced.grafanas[0]!.setHealthy(false)
    expect(['in on credit', 'down']).toContain(viewOf(await balancer.undrain(node)))
    await soon('down')
    balanced.grafanas[0]!.setHealthy(true)
    await soon('in')
  })

  it('keeps who is out where it finds it again when it starts', async () => {
    const balancer = open()
    await balancer.takeOut(node)
    expect(readFileSync(serverStateFile(haproxyOf(balanced).file!), 'utf8')).toContain('gf1')
    process.kill(balanced.daemon.pid, 'SIGUSR2')
    await expect.poll(balanced.daemon.output, {timeout: 5000}).toMatch(/Reloading[\s\S]*Loading success/)
    expect((await balancer.status()).map(({state}) => state)).toEqual(['out', 'in', 'in'])
    await balancer.undrain(node)
    expect((await balancer.status())[0]?.state).toBe('in')
  })

  it.each(['takeOut', 'undrain'] as const)('does %s whole where nobody hears of it any more', async verb => {
    const balancer = open({}, deafened())
    await (verb === 'takeOut' ? open().undrain(node) : open().takeOut(node))
    await balancer.status()
    await expect(balancer[verb](node)).rejects.toMatchObject({code: 'BALANCER_SOCKET_FAILED'})
    const [view] = await open().status()
    expect(view).toMatchObject({state: verb === 'takeOut' ? 'out' : 'in', words: expect.not.stringContaining(',')})
    expect(readFileSync(serverStateFile(haproxyOf(balanced).file!), 'utf8')).toMatch(
      verb === 'takeOut' ? / gf1 \S+ \d [1-9]/ : / gf1 \S+ \d 0/,
    )
    await open().undrain(node)
  })

  it('brings a node in by its main backend last, and takes it out by it first', async () => {
    const told: string[] = []
    const hosts = listening(({text}) =>
      told.push(...[...text.matchAll(/set server (\w+\/gf1 state \w+)/g)].map(found => found[1]!)),
    )
    await open({}, hosts).takeOut(node)
    await open({}, hosts).undrain(node)
    expect(told[0]).toBe('grafana/gf1 state maint')
    expect(told.at(-1)).toBe('grafana/gf1 state ready')
    expect(told).toHaveLength(6)
  })

  it('says nothing twice: a second undrain sends no command', async () => {
    const hosts = new LocalHosts()
    await open({}, hosts).undrain(node)
    expect(hosts.connected.get('lb1')?.ran).toEqual(['read the servers of HAProxy'])
  })

  it('changes no host when one of them cannot be asked', async () => {
    const hosts = new LocalHosts()
    hosts.connected.set('lb2', new LocalHost('lb2', {PATH: '/nowhere'}))
    const [lb1] = haproxyOf(balanced).hosts
    const balancer = open({hosts: [lb1!, {...lb1!, name: 'lb2'}]}, hosts)
    await expect(balancer.takeOut(node)).rejects.toMatchObject({code: 'BALANCER_SOCKET_NO_CLIENT', node: 'lb2'})
    expect((await open().status())[0]?.state).toBe('in')
  })

  it('says which name was meant', async () => {
    await expect(open({backends: ['grafan']}).status()).rejects.toMatchObject({
      code: 'BALANCER_NO_BACKEND',
      message: expect.stringContaining('did you mean grafana?'),
    })
    await expect(open().drain(aNode({balancerName: 'gf11'}))).rejects.toMatchObject({
      code: 'BALANCER_NO_SERVER',
      message: expect.stringContaining('did you mean gf1?'),
    })
  })

  it('says what is wrong with the socket', async () => {
    await expect(open({socket: '/nowhere.sock'}).status()).rejects.toMatchObject({
      code: 'BALANCER_SOCKET_MISSING',
      node: 'lb1',
    })
    const left = path.join(balanced.folder, 'left.sock')
    await leaveSocket(left)
    await expect(open({socket: left}).status()).rejects.toMatchObject({code: 'BALANCER_SOCKET_REFUSED'})
  })
})

/** Hosts whose scripts are looked at on their way. */
function listening(look: (script: Script<unknown>) => void): LocalHosts {
  const hosts = new LocalHosts()
  const lb1 = new LocalHost('lb1')
  const run = lb1.run.bind(lb1)
  lb1.run = script => {
    look(script)
    return run(script)
  }
  hosts.connected.set('lb1', lb1)
  return hosts
}

/** Hosts whose scripts that change something lose their listener as soon as they begin. */
function deafened(): LocalHosts {
  const hosts = new LocalHosts()
  const lb1 = new LocalHost('lb1')
  const run = lb1.run.bind(lb1)
  lb1.run = script => run(script.mutates ? {...script, text: `(${script.text}) | true`} : script)
  hosts.connected.set('lb1', lb1)
  return hosts
}

function realPath(program: string): string {
  const found = ['/usr/bin', '/bin'].map(folder => path.join(folder, program)).find(existsSync)
  if (!found) throw new Error(`${program} is not here`)
  return found
}

/** A socket file that nobody listens on any more. */
async function leaveSocket(file: string): Promise<void> {
  const listener = spawn('socat', [`UNIX-LISTEN:${file}`, '-'], {stdio: 'ignore'})
  await expect.poll(() => existsSync(file)).toBe(true)
  listener.kill('SIGKILL')
  await new Promise(resolve => listener.once('exit', resolve))
}

describe('nginx', () => {
  let balanced: Balanced
  let node: Node
  beforeAll(async () => {
    balanced = await startBehindNginx()
    node = balanced.cluster.nodes[0]!
  })
  afterAll(() => balanced.stop())

  const nginx = () => balanced.cluster.loadBalancer as Nginx
  const open = (wish: Partial<Nginx> = {}) => new NginxBalancer(new LocalHosts(), {...nginx(), ...wish}, Date)
  const file = () => readFileSync(nginx().file.path, 'utf8')
  const states = async () => (await open().status()).map(({state}) => state)

  it('has the rendered bytes in its file again after a node was out', async () => {
    const rendered = file()
    await open().drain(node)
    await open().takeOut(node)
    expect(file()).not.toBe(rendered)
    await open().undrain(node)
    expect(file()).toBe(rendered)
    expect(readdirSync(balanced.folder).filter(name => name.startsWith('.gha-'))).toEqual([])
  })

  it('is asked once, and from then on says what became of it in the same breath as it is told', async () => {
    const hosts = new LocalHosts()
    const balancer = new NginxBalancer(hosts, nginx(), Date)
    const stateOf = (views: readonly BalancerView[]) => views.find(({server}) => server === 'gf1')?.state
    const told = [
      balancer.status(),
      () => balancer.drain(node),
      () => balancer.takeOut(node),
      () => balancer.undrain(node),
    ]
    const seen: unknown[] = []
    for (const step of told) seen.push(stateOf(await (typeof step === 'function' ? step() : step)))
    expect(seen).toEqual(['in', 'drain', 'out', 'in'])
    expect(hosts.connected.get('lb1')?.ran).toEqual(['read nginx', ...Array(3).fill('write the upstream of nginx')])
  })

  it('is asked again where its file is another than a moment ago, and keeps what somebody wrote', async () => {
    const rendered = file()
    const hosts = new LocalHosts()
    const balancer = new NginxBalancer(hosts, nginx(), Date)
    await balancer.status()
    writeFileSync(nginx().file.path, `${rendered}# by hand\n`)
    expect((await balancer.drain(node)).find(({server}) => server === 'gf1')?.state).toBe('drain')
    expect(file()).toMatch(/# gf1 drain\n[\s\S]*# by hand\n$/)
    expect(hosts.connected.get('lb1')?.ran).toEqual([
      'read nginx',
      'write the upstream of nginx',
      'read nginx',
      'write the upstream of nginx',
    ])
    rmSync(nginx().file.path)
    await expect(balancer.takeOut(node)).rejects.toMatchObject({code: 'BALANCER_FILE_MISSING', exit: 'preflight'})
    writeFileSync(nginx().file.path, rendered)
    await open().drain(node)
    await open().undrain(node)
    expect(file()).toBe(rendered)
  })

  it('tells no host while another cannot be asked that was heard too long ago', async () => {
    const hosts = new LocalHosts()
    const [lb1] = nginx().hosts
    let now = 0
    const both = {...nginx(), hosts: [lb1!, {...lb1!, name: 'lb2'}]}
    const balancer = new NginxBalancer(hosts, both, {now: () => now})
    await balancer.status()
    const ran = () => hosts.connected.get('lb1')?.ran.splice(0)
    hosts.connected.set('lb2', new LocalHost('lb2', {PATH: '/nowhere'}))
    now = 5000
    ran()
    await expect(balancer.takeOut(node)).rejects.toMatchObject({node: 'lb2'})
    expect(ran()).toEqual(['read nginx'])
    expect(await states()).toEqual(['in', 'in', 'in'])
  })

  it('keeps no connection to a node that is out', async () => {
    const hosts = new LocalHosts()
    const balancer = new NginxBalancer(hosts, nginx(), Date)
    const [, second, third] = balanced.cluster.nodes
    for (const other of [second!, third!]) await balancer.takeOut(other)
    const socket = new WebSocket(`${balanced.url.replace('http', 'ws')}/api/live/ws`)
    socket.on('error', () => undefined)
    await new Promise(resolve => socket.once('open', resolve))
    const closed = new Promise(resolve => socket.once('close', resolve))
    expect((await balancer.drain(node))[0]).toMatchObject({server: 'gf1', state: 'drain', current: 1})
    expect((await balancer.takeOut(node))[0]).toMatchObject({server: 'gf1', state: 'out', current: 0})
    await closed
    for (const each of balanced.cluster.nodes) await balancer.undrain(each)
  })

  it('gives the file its SELinux label each time it is written', async () => {
    const selinux = new Selinux(balanced.folder, {enabled: true})
    const hosts = new LocalHosts()
    hosts.connected.set('lb1', selinux.host)
    const balancer = new NginxBalancer(hosts, nginx(), Date)
    await balancer.drain(node)
    await balancer.undrain(node)
    const label = expect.stringContaining(`-F ${nginx().file.path}: `)
    expect(selinux.labelled()).toEqual([label, label])
  })

  it('keeps the old file and goes on when nginx does not accept the new one', async () => {
    const before = file()
    writeFileSync(nginx().file.path, `${before}nonsense;\n`)
    await expect(open().drain(node)).rejects.toMatchObject({
      code: 'BALANCER_NOT_OBEYED',
      node: 'lb1',
      message: expect.stringContaining('nonsense'),
    })
    expect(file()).toBe(`${before}nonsense;\n`)
    expect((await fetch(balanced.url)).status).toBe(200)
    writeFileSync(nginx().file.path, before)
    utimesSync(nginx().file.path, 1, 1)
  })

  it('leaves the judgement to the command that the cluster file names', async () => {
    const before = file()
    const validate = ['sh', '-c', 'echo "refused by policy" >&2; exit 1'] as const
    await expect(open({file: {...nginx().file, validate}}).drain(node)).rejects.toMatchObject({
      code: 'BALANCER_NOT_OBEYED',
      message: expect.stringContaining('refused by policy'),
    })
    expect(file()).toBe(before)
    await expect.poll(states, {timeout: 20_000}).toEqual(['in', 'in', 'in'])
  })

  it('does not believe a file that nginx has not loaded', async () => {
    const before = file()
    const future = Date.now() / 1000 + 60
    writeFileSync(nginx().file.path, before.replace(/;( # gf1)/, ' down;$1 out'))
    utimesSync(nginx().file.path, future, future)
    const [view] = await open().status()
    expect(view).toMatchObject({server: 'gf1', state: 'in', words: 'down in the file, which nginx has not loaded'})
    writeFileSync(nginx().file.path, before)
    utimesSync(nginx().file.path, 1, 1)
    expect(await states()).toEqual(['in', 'in', 'in'])
  })

  it('names a file, an upstream and a server that are missing', async () => {
    await expect(open({upstream: 'other'}).status()).rejects.toMatchObject({code: 'BALANCER_NO_BACKEND', node: 'lb1'})
    await expect(open().drain(aNode({balancerName: 'gf11'}))).rejects.toMatchObject({code: 'BALANCER_NO_SERVER'})
    const elsewhere = open({file: {...nginx().file, path: '/nowhere/grafana.conf'}})
    await expect(elsewhere.status()).rejects.toMatchObject({code: 'BALANCER_FILE_MISSING'})
  })
})
