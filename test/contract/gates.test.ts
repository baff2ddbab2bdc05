import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {HaproxyBalancer} from '../../src/lib/adapters/haproxy.ts'
import {createHttp} from '../../src/lib/adapters/http.ts'
import {judgeAll, needsAttention} from '../../src/lib/checks/judge-all.ts'
import {CHECKS} from '../../src/lib/checks/registry.ts'
import {observeNode} from '../../src/lib/facts/observe-node.ts'
import type {Cluster} from '../../src/lib/model/cluster.ts'
import type {Node} from '../../src/lib/model/node.ts'
import {known} from '../../src/lib/model/observation.ts'
import {Secret} from '../../src/lib/model/secret.ts'
import {literal} from '../../src/lib/model/settings.ts'
import {GATE_CHECKS} from '../../src/lib/plan/gate-checks.ts'
import {processOf} from '../../src/lib/rollout/process-of.ts'
import type {Run} from '../../src/lib/rollout/run.ts'
import {bringIn} from '../../src/lib/rollout/steps/undrain.ts'
import {Trials} from '../../src/lib/rollout/trials.ts'
import {aCluster, aNode} from '../support/a-cluster.ts'
import type {Haproxy} from '../support/a-load-balancer.ts'
import {aJudged, spoken} from '../support/an-observation.ts'
import {startHaproxyFor} from '../support/balanced.ts'
import {databaseSection} from '../support/database-section.ts'
import {type DoubleOptions, type RunningDouble, removeDoubles, startDouble, stopDoubles} from '../support/double.ts'
import {eventually} from '../support/eventually.ts'
import {FakeCaches, FakeDatabases, FakeHosts} from '../support/fake-ports.ts'
import {freePort} from '../support/free-port.ts'
import {LocalHost, LocalHosts} from '../support/local-host.ts'
import {type PostgresServer, startPostgres} from '../support/postgres.ts'
import {startRedis} from '../support/redis.ts'

/** What the gate asks of a node that comes back, against processes that deserve it. */
describe('a node that comes back', () => {
  let server: PostgresServer
  let folder = ''
  let databases = 0
  let meshPorts: readonly number[] = []
  let database = ''

  beforeAll(async () => {
    server = await startPostgres()
  })

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'gha-gates-'))
    database = await server.createDatabase(`gates${++databases}`)
    meshPorts = await Promise.all([freePort(), freePort()])
  })

  afterEach(async () => {
    await stopDoubles()
    rmSync(folder, {recursive: true})
  })

  afterAll(async () => {
    await removeDoubles()
    await server.stop()
  })

  const start = (place: number, {settings = '', ...options}: DoubleOptions = {}) =>
    startDouble({
      ...options,
      settings: `${databaseSection(server, database)}[paths]
plugins = ${folder}/plugins${place}
logs = ${folder}/logs${place}
[log]
mode = console file
[unified_alerting]
ha_listen_address = 127.0.0.1:${meshPorts[place]}
ha_peers = ${meshPorts.map(port => `127.0.0.1:${port}`).join(',')}
${settings}`,
      arguments: ['cfg:log.mode=console file'],
    })

  /** Two nodes on this machine, where the first is the one that comes back. */
  function clusterOf(doubles: readonly RunningDouble[]): Cluster {
    return aCluster({
      // No package manager: this machine's may take a second to read its lists, in every case.
      grafana: {
        install: {method: 'none'},
        rootUrl: `${doubles[1]?.url}/`,
        admin: {user: 'admin', password: new Secret('admin')},
      },
      nodes: doubles.map(({port}, place) => nodeOf(port, place)),
      alerting: {mode: 'gossip', port: 9094},
    })
  }

  function nodeOf(port: number, place: number): Node {
    return aNode({
      name: `gf${place + 1}`,
      address: '127.0.0.1',
      httpPort: port,
      settings: {server: {http_addr: literal('127.0.0.1')}},
      service: {manager: 'command', stop: ['true'], restart: ['true'], status: ['true']},
      paths: {...aNode().paths, logs: `${folder}/logs${place}`, home: '/nowhere', config: '/nowhere/grafana.ini'},
    })
  }

  function portsFor({nodes}: Cluster) {
    const here = new LocalHost('here')
    return {
      here,
      hosts: new FakeHosts(Object.fromEntries(nodes.map(({name}) => [name, new LocalHost(name)]))),
      http: createHttp(),
      databases: new FakeDatabases(),
      caches: new FakeCaches(),
      clock: {now: Date.now, sleep: (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))},
    }
  }

  /** Looks as the gate looks, and keeps what the check of that id says of the first node. */
  async function judge(id: string, cluster: Cluster, trials: Trials): Promise<string> {
    const ports = portsFor(cluster)
    const looks = cluster.nodes.map(async (node, place) => {
      const seen = await observeNode({cluster, node}, ports, {files: [], probes: ['health', 'metrics'], log: true})
      const service = known({state: 'active', words: 'active', configured: [], process: processSince(started)} as const)
      const tried = {node, process: 'p', mates: new Set<string>(), changesDataSources: false}
      const trial = place === 0 ? {trial: await trials.tryOn(tried)} : {}
      return trials.withMeshBefore({...seen, service, ...trial})
    })
    const nodes = await Promise.all(looks)
    const check = CHECKS.find(each => each.id === id)
    if (!check) throw new Error(`no check ${id}`)
    return spoken(check, aJudged({cluster, nodes})).find(verdict => verdict.startsWith('gf1')) ?? 'nothing'
  }

  const started = Date.now() / 1000
  const processSince = (startedAt: number) => ({
    pid: 1,
    parent: 0,
    startTicks: 1,
    startedAt,
    configFile: '/nowhere/grafana.ini',
    environment: [],
    overrides: [],
  })

  const trialsOf = (cluster: Cluster) => new Trials(cluster, portsFor(cluster))

  it('passes grafana/login where it shares its sessions, and leaves none behind', async () => {
    const cluster = clusterOf([await start(0), await start(1)])
    const trials = trialsOf(cluster)
    expect(await judge('grafana/login', cluster, trials)).toMatch(/^gf1 passed: works here and on 1 more/)
    expect(await server.query('SELECT 1 FROM user_auth_token', database)).toHaveLength(2)
    await trials.end()
    expect(await server.query('SELECT 1 FROM user_auth_token', database)).toHaveLength(0)
  })

  it('fails grafana/login where its secret_key is another', async () => {
    const other = await start(1)
    const one = await start(0, {settings: '[security]\nsecret_key = another\n'})
    const cluster = clusterOf([one, other])
    expect(await judge('grafana/login', cluster, trialsOf(cluster))).toBe(
      'gf1 failed: it does not know the session opened on gf2',
    )
  })

  it('fails grafana/login where it is healthy and takes no login', async () => {
    const other = await start(1)
    const cluster = clusterOf([await start(0, {fault: 'login-broken'}), other])
    expect(await judge('grafana/login', cluster, trialsOf(cluster))).toBe(
      'gf1 failed: no login on gf1: POST /login answers 500',
    )
    expect(await judge('grafana/health', cluster, trialsOf(cluster))).toMatch(/^gf1 passed/)
  })

  it('is asked for its password once where it is wrong', async () => {
    const cluster = clusterOf([await start(0), await start(1)])
    const wrong = {...cluster, grafana: {...cluster.grafana, admin: {user: 'admin', password: new Secret('wrong')}}}
    const trials = trialsOf(wrong)
    for (let look = 0; look < 3; look++) {
      expect(await judge('grafana/login', wrong, trials)).toBe('gf1 unknown: Grafana refuses the admin of gha.yaml')
    }
    expect((await server.query('SELECT 1 FROM login_attempt', database)).length).toBeLessThanOrEqual(2)
  })

  it('fails mesh/members where it is not in the mesh', async () => {
    const other = await start(1)
    const cluster = clusterOf([await start(0, {fault: 'never-in-mesh'}), other])
    expect(await judge('mesh/members', cluster, trialsOf(cluster))).toBe('gf1 failed: 1 members, not 2')
  })

  it('fails mesh/messages where it counts its peers and hears nothing', async () => {
    const doubles = [await start(0, {fault: 'deaf-mesh'}), await start(1)]
    const cluster = clusterOf(doubles)
    const trials = trialsOf(cluster)
    await eventually('two members', 20_000, async () => {
      return (await judge('mesh/members', cluster, trials)).startsWith('gf1 passed')
    })
    await new Promise(resolve => setTimeout(resolve, 5500))
    expect(await judge('mesh/messages', cluster, trials)).toBe('gf1 failed: it has heard nothing since the look before')
  })

  it('passes mesh/messages where it hears its peers', async () => {
    const cluster = clusterOf([await start(0), await start(1)])
    const trials = trialsOf(cluster)
    await eventually('two members', 20_000, async () => {
      return (await judge('mesh/members', cluster, trials)).startsWith('gf1 passed')
    })
    await new Promise(resolve => setTimeout(resolve, 5500))
    expect(await judge('mesh/messages', cluster, trials)).toMatch(/^gf1 passed/)
  })

  it('passes both checks of a mesh over Redis, and fails where Redis has gone', async () => {
    const redis = await startRedis()
    const settings = `ha_redis_address = ${redis.host}:${redis.port}\nha_redis_password = ${redis.password}\n`
    const gossip = clusterOf([await start(0, {settings}), await start(1, {settings})])
    const alerting = {mode: 'redis', host: redis.host, port: redis.port, database: 0, tls: 'off'} as const
    const cluster: Cluster = {...gossip, alerting}
    const trials = trialsOf(cluster)
    await eventually('two members', 20_000, async () => {
      return (await judge('mesh/members', cluster, trials)).startsWith('gf1 passed')
    })
    await new Promise(resolve => setTimeout(resolve, 6000))
    expect(await judge('mesh/messages', cluster, trials)).toMatch(/^gf1 passed/)
    await redis.stop()
    await eventually('the mesh fails', 20_000, async () => {
      return (await judge('mesh/members', cluster, trials)).startsWith('gf1 failed')
    })
  }, 120_000)

  it('fails grafana/plugins where a plugin is not loaded any more', async () => {
    mkdirSync(`${folder}/plugins0/clock`, {recursive: true})
    writeFileSync(`${folder}/plugins0/clock/plugin.json`, '{"id":"clock","info":{"version":"2.1.3"}}')
    const before = await start(0)
    const port = before.port
    const cluster = clusterOf([before, await start(1)])
    const trials = trialsOf(cluster)
    await trials.lookBefore(cluster.nodes[0]!)
    expect(await judge('grafana/plugins', cluster, trials)).toBe('gf1 passed: 1 plugins')
    await before.stop()
    await start(0, {fault: 'no-plugins', port})
    expect(await judge('grafana/plugins', cluster, trials)).toBe('gf1 failed: clock is gone')
  })

  it('fails grafana/data-sources where it works on another database', async () => {
    const before = await start(0)
    const body = JSON.stringify({name: 'Loki', type: 'loki', uid: 'loki'})
    const headers = {'content-type': 'application/json', authorization: `Basic ${btoa('admin:admin')}`}
    await before.get('/api/datasources', {method: 'POST', headers, body})
    const cluster = clusterOf([before, await start(1)])
    const trials = trialsOf(cluster)
    await trials.lookBefore(cluster.nodes[0]!)
    expect(await judge('grafana/data-sources', cluster, trials)).toBe('gf1 passed: 1 data sources')
    await before.stop()
    await start(0, {fault: 'wrong-db', port: before.port})
    expect(await judge('grafana/data-sources', cluster, trials)).toBe('gf1 failed: 1 of 1 are gone: Loki')
  })

  it('fails grafana/log where its log tells of an end, without a word of the line', async () => {
    const other = await start(1)
    const cluster = clusterOf([await start(0, {fault: 'fatal-line'}), other])
    expect(await judge('grafana/log', cluster, trialsOf(cluster))).toMatch(
      /^gf1 failed: the provisioned dashboards could not be read \(dashboards-not-provisioned, \S+Z\)$/,
    )
  })

  describe('to which nothing but one thing happened', () => {
    const wish = {settings: {users: {default_theme: literal('light')}}}
    const whole: DoubleOptions = {settings: '[users]\ndefault_theme = light\n'}

    interface Return {
      readonly double?: DoubleOptions
      readonly changed?: (node: Node) => Node
    }

    /** Two nodes as gha has set them up, of which the first has gone and comes back. */
    async function comesBack({double = {}, changed = node => node}: Return = {}) {
      // Versions of their own: the processes of one machine are told apart by their homes.
      const [before, other] = [await start(0, whole), await start(1, {version: '12.1.1'})]
      const cluster = clusterOf([before, other])
      const trials = trialsOf(cluster)
      await trials.lookBefore(cluster.nodes[0]!)
      await before.stop()
      const after = await start(0, {...whole, ...double, port: before.port})
      const nodes = cluster.nodes.map((node, place) => asSetUp(node, [after, other][place]!))
      return {cluster: {...cluster, nodes: nodes.map((node, place) => (place === 0 ? changed(node) : node))}, trials}
    }

    function asSetUp(node: Node, {home, config}: RunningDouble): Node {
      const state = `${folder}/state-${node.name}`
      mkdirSync(state)
      writeFileSync(`${state}/release`, `12.1.0-${aJudged().wishes.get('gf1')?.fingerprint}\n`)
      return {...node, paths: {...node.paths, home, config, state}}
    }

    /** What keeps the gate shut, and what would let it open, at one look of the gate. */
    async function lookOf({cluster, trials}: {readonly cluster: Cluster; readonly trials: Trials}) {
      const looks = cluster.nodes.map(async (node, place) => {
        const wanted = {files: [], probes: ['health', 'metrics', 'settings'], log: true, gate: trials.admin} as const
        const seen = await observeNode({cluster, node}, portsFor(cluster), wanted)
        if (place > 0) return trials.withMeshBefore(seen)
        const tried = {node, process: processOf(seen) ?? '', mates: new Set<string>(), changesDataSources: false}
        return trials.withMeshBefore({...seen, trial: await trials.tryOn(tried)})
      })
      const judged = aJudged({cluster, nodes: await Promise.all(looks), wish})
      const findings = judgeAll(
        judged,
        CHECKS.filter(({id}) => GATE.has(id)),
      ).filter(({node}) => node === 'gf1')
      return {
        shut: findings.filter(needsAttention).map(({check, detail}) => `${check}: ${detail}`),
        passed: findings.flatMap(({check, status}) => (status === 'passed' ? [check] : [])),
      }
    }

    const GATE: ReadonlySet<string> = new Set(GATE_CHECKS)
    const but = (id?: string) => CHECKS.map(check => check.id).filter(each => GATE.has(each) && each !== id)
    const looks = (returned: Awaited<ReturnType<typeof comesBack>>) =>
      expect.poll(() => lookOf(returned), {timeout: 60_000, interval: 500})

    it('is let through by every check where nothing happened', async () => {
      await looks(await comesBack()).toEqual({shut: [], passed: but()})
    }, 120_000)

    it.each([
      ['failing-health', 'grafana/health: /api/health answers 503, database failing'],
      ['slow-health=11', 'grafana/health: no answer within 10 s'],
    ])(
      'is kept out by grafana/health alone: %s',
      async (fault, words) => {
        await looks(await comesBack({double: {fault}})).toEqual({shut: [words], passed: but('grafana/health')})
      },
      120_000,
    )

    it('is kept out by grafana/effective-settings alone where its environment overrides the file', async () => {
      const id = 'grafana/effective-settings'
      await looks(await comesBack({double: {env: {GF_USERS_DEFAULT_THEME: 'dark'}}})).toEqual({
        shut: [`${id}: [users] default_theme is "dark", not "light"`],
        passed: but(id),
      })
    }, 120_000)

    it('is kept out by config/which-file alone where its process reads another file than gha writes', async () => {
      const config = `${folder}/grafana.ini`
      const changed = (node: Node) => ({...node, paths: {...node.paths, config}})
      await looks(await comesBack({changed})).toEqual({
        shut: [expect.stringMatching(/^config\/which-file: it reads \S+\/grafana.ini, gha writes \S+\/grafana.ini$/)],
        passed: but('config/which-file'),
      })
    }, 120_000)

    it('is kept out by service/running alone where a process runs that its manager does not answer for', async () => {
      const service = {manager: 'command', stop: ['true'], restart: ['true'], status: ['false']} as const
      await looks(await comesBack({changed: node => ({...node, service})})).toEqual({
        shut: ['service/running: status exits 1'],
        passed: but('service/running'),
      })
    }, 120_000)

    it('is kept out by balancer/status alone where HAProxy finds it too slow', async () => {
      const returned = await comesBack({double: {fault: 'slow-health=6'}})
      await looks(returned).toEqual({shut: [], passed: but()})
      const {cluster, stop} = await startHaproxyFor(returned.cluster)
      const balancer = new HaproxyBalancer(new LocalHosts(), cluster.loadBalancer as Haproxy, Date)
      const began = Date.now()
      const clock = {...portsFor(cluster).clock, now: () => began + (Date.now() - began) * 3}
      const backAgain = async (node: Node) => {
        await balancer.takeOut(node)
        return bringIn({balancer, cluster, ports: {...portsFor(cluster), clock} as unknown as Run['ports']}, node)
      }
      const [slow, other] = cluster.nodes
      await expect(backAgain(other!)).resolves.toBe('serving (lb1: UP)')
      await expect(backAgain(slow!)).rejects.toMatchObject({
        code: 'UNDRAIN_NOT_CONFIRMED',
        message: expect.stringMatching(/: balancer\/status: lb1: DOWN/),
      })
      await stop()
    }, 180_000)
  })
})
