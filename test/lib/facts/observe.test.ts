import {describe, expect, it} from 'vitest'
import {observe} from '../../../src/lib/facts/observe.ts'
import type {Observation} from '../../../src/lib/model/observation.ts'
import type {DatabaseReport} from '../../../src/lib/ports/database.ts'
import {DialError} from '../../../src/lib/ports/host.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {
  FakeBalancer,
  FakeCaches,
  FakeClock,
  FakeDatabases,
  FakeHost,
  FakeHosts,
  FakeHttp,
  unreachable,
} from '../../support/fake-ports.ts'
import {LocalHost} from '../../support/local-host.ts'

/** Nobody asks this machine's package manager, which takes its time. */
const cluster = aCluster({grafana: {install: {method: 'none'}}})
const refused: DatabaseReport = {outcome: 'refused', message: 'nobody listens'}

function portsWith(hosts: ConstructorParameters<typeof FakeHosts>[0], balancer = new FakeBalancer([])) {
  return {
    hosts: new FakeHosts(hosts),
    http: new FakeHttp(() => {
      throw new DialError('refused', 'connection refused')
    }),
    databases: new FakeDatabases(() => refused),
    caches: new FakeCaches(),
    clock: new FakeClock(),
    balancer: () => balancer,
  }
}

/** This machine, with peers that nobody dials for real. */
class Here extends LocalHost {
  override async dial(): Promise<never> {
    throw new DialError('timeout', 'no answer')
  }
}

describe('an observation', () => {
  it('asks each node with one script, and dials everything else', async () => {
    const hosts = {gf1: new Here('gf1'), gf2: new Here('gf2'), gf3: new Here('gf3')}
    const seen = await observe(cluster, portsWith(hosts), {filesOf: () => ['/etc/passwd']})
    expect(Object.values(hosts).map(host => host.ran)).toEqual([['observe'], ['observe'], ['observe']])
    const [node] = seen.nodes
    expect(node).toMatchObject({
      node: 'gf1',
      access: {status: 'reached', transport: 'local'},
      rights: {known: true},
      clock: {known: true},
      disk: {known: true},
      state: {known: true},
      health: {known: false, reason: 'nothing listens on its port'},
      database: {known: true, value: refused},
      caches: {known: true, value: []},
    })
    expect(node?.files.known && node.files.value.get('/etc/passwd')).toMatchObject({exists: true})
    expect(node?.peers.known && node.peers.value.map(({outcome}) => outcome)).toEqual(['timeout', 'timeout'])
  })

  it('knows nothing of an unreachable node and says why, everywhere', async () => {
    const hosts = {gf1: new Here('gf1'), gf2: unreachable('gf2'), gf3: new Here('gf3')}
    const {nodes} = await observe(cluster, portsWith(hosts), {filesOf: () => []})
    const {node, access, ...facts} = nodes[1]!
    expect(node).toBe('gf2')
    expect(access).toMatchObject({status: 'unreachable', failure: {code: 'HOST_UNREACHABLE'}})
    const seen = Object.values(facts) as readonly Observation<unknown>[]
    expect(new Set(seen.map(fact => !fact.known && fact.reason))).toEqual(new Set(['no answer from port 22']))
    expect(nodes[2]?.rights.known).toBe(true)
  })

  it('takes half an answer for none', async () => {
    const host = new FakeHost('gf1', {run: () => 'rights.uid\x000\x00', dial: () => undefined})
    const one = aCluster({nodes: cluster.nodes.slice(0, 1)})
    const {nodes} = await observe(one, portsWith({gf1: host}), {filesOf: () => []})
    expect(nodes[0]?.rights).toEqual({known: false, reason: "the node's answer broke off"})
    expect(nodes[0]?.state).toMatchObject({known: false})
  })

  it('does not dial what nobody wants', async () => {
    const hosts = {gf1: new Here('gf1'), gf2: new Here('gf2'), gf3: new Here('gf3')}
    const ports = {...portsWith(hosts), databases: new FakeDatabases()}
    const {nodes} = await observe(cluster, ports, {filesOf: () => [], probes: ['health']})
    expect(nodes[0]?.database).toEqual({known: false, reason: 'not asked'})
    expect(ports.http.asked).toHaveLength(3)
  })

  it('says why the balancer could not be asked', async () => {
    const hosts = {gf1: new Here('gf1'), gf2: new Here('gf2'), gf3: new Here('gf3')}
    const loadBalancer = {
      type: 'haproxy',
      hosts: [],
      backends: ['grafana'],
      socket: '/run/haproxy.sock',
      drainTimeoutSeconds: 30,
    } as const
    const ports = portsWith(hosts, new FakeBalancer(new Error('no socket')))
    const {balancer} = await observe({...cluster, loadBalancer}, ports, {filesOf: () => [], probes: []})
    expect(balancer).toEqual({known: false, reason: 'no socket'})
  })
})
