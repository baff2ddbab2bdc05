import {describe, expect, it} from 'vitest'
import type {Cluster} from '../../../src/lib/model/cluster.ts'
import {DialError} from '../../../src/lib/ports/host.ts'
import type {Http} from '../../../src/lib/ports/http.ts'
import {findVantage} from '../../../src/lib/probe/find-vantage.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aHaproxy} from '../../support/a-load-balancer.ts'
import {FakeHost, FakeHosts, unreachable} from '../../support/fake-ports.ts'
import {MemoryFiles} from '../../support/local-fakes.ts'

const HEALTHY = '{"database":"ok"}'
const PROBE = {url: 'https://grafana.example.com/', intervalMilliseconds: 250, errorBudget: 0.05, soakSeconds: 10}
const FILE = {path: '/etc/haproxy/haproxy.cfg', bind: '*:8080', validate: ['true'], reload: ['true']} as const

/** A network in which these lines lead somewhere: `place destination [tls]` → body. */
function aNetwork(
  lines: Readonly<Record<string, string>>,
  hosts = {lb1: new FakeHost('lb1'), gf1: new FakeHost('gf1')},
) {
  const tried: string[] = []
  const here = new FakeHost('here')
  const http: Http = {
    request: async (from, {destination, tls, hostHeader}, {path, headers}) => {
      const to = 'host' in destination ? `${destination.host}:${destination.port}` : ''
      const line = `${(from as FakeHost).name} ${to}${tls ? ` tls ${tls.serverName}` : ''}${tls?.ca ? ` by ${tls.ca}` : ''}`
      tried.push(line)
      const body = lines[line]
      if (body === undefined) throw new DialError('refused', 'connection refused')
      return {
        status: 200,
        body: path.endsWith('/api/health') ? body : `${hostHeader}${path}`,
        headers: {...headers},
        milliseconds: 1,
      }
    },
  }
  const files = new MemoryFiles({'/ca.pem': 'PEM'})
  return {tried, ports: {here, hosts: new FakeHosts(hosts), http, files}}
}

function clusterBehind(loadBalancer: Partial<ReturnType<typeof aHaproxy>> = {}): Cluster {
  return aCluster({nodes: [aNode({name: 'gf1'}), aNode({name: 'gf2'})], loadBalancer: {...aHaproxy(), ...loadBalancer}})
}

describe('the place to watch users from', () => {
  it('is this machine, where the public URL leads to Grafana from here', async () => {
    const {ports, tried} = aNetwork({'here grafana.example.com:443 tls grafana.example.com': HEALTHY})
    const {vantage} = await findVantage(clusterBehind(), PROBE, ports)
    expect(vantage?.words).toBe('https://grafana.example.com/ from this machine')
    expect(tried).toHaveLength(1)
  })

  it('asks below the path that users see', async () => {
    const {ports} = aNetwork({'here grafana.example.com:8000': HEALTHY})
    const {vantage} = await findVantage(clusterBehind(), {...PROBE, url: 'http://grafana.example.com:8000/g/'}, ports)
    expect((await vantage?.ask({path: '/api/user'}))?.body).toBe('grafana.example.com:8000/g/api/user')
  })

  it('trusts the authority that gha.yaml names', async () => {
    const {ports} = aNetwork({'here grafana.example.com:443 tls grafana.example.com by PEM': HEALTHY})
    expect(await findVantage(clusterBehind(), {...PROBE, ca: '/ca.pem'}, ports)).toHaveProperty('vantage')
  })

  it('asks for the certificate of an IPv6 address by the address alone', async () => {
    const {ports} = aNetwork({'here fd00::20:443 tls fd00::20': HEALTHY})
    const {vantage} = await findVantage(clusterBehind(), {...PROBE, url: 'https://[fd00::20]/'}, ports)
    expect((await vantage?.ask({path: '/api/user'}))?.body).toBe('[fd00::20]/api/user')
  })

  it('is this machine by the address of the balancer, where the name of the URL leads nowhere', async () => {
    const {ports} = aNetwork({'here 10.0.0.20:443 tls grafana.example.com': HEALTHY})
    const {vantage} = await findVantage(clusterBehind(), PROBE, ports)
    expect(vantage?.words).toBe('https://grafana.example.com/ at 10.0.0.20:443, from this machine')
  })

  it("is the balancer's host, at what it listens on, where this machine does not reach it", async () => {
    const {ports} = aNetwork({'lb1 127.0.0.1:8080': HEALTHY})
    const {vantage} = await findVantage(clusterBehind({file: FILE}), PROBE, ports)
    expect(vantage?.words).toBe('https://grafana.example.com/ at 127.0.0.1:8080, from lb1')
  })

  it.each([
    ['80', '127.0.0.1:80'],
    ['10.0.0.9:81', '10.0.0.9:81'],
    ['[::]:82', '::1:82'],
  ])('finds a balancer that listens on %s', async (bind, at) => {
    const {ports} = aNetwork({[`lb1 ${at}`]: HEALTHY})
    expect(await findVantage(clusterBehind({file: {...FILE, bind}}), PROBE, ports)).toHaveProperty('vantage')
  })

  it('never speaks in clear text from this machine for a URL that does not', async () => {
    const {ports, tried} = aNetwork({})
    await findVantage(clusterBehind({file: FILE}), PROBE, ports)
    expect(tried.filter(line => line.startsWith('here') && !line.includes('tls'))).toEqual([])
  })

  it('is a node at last', async () => {
    const {ports} = aNetwork({'gf1 grafana.example.com:443 tls grafana.example.com': HEALTHY})
    const {vantage} = await findVantage(clusterBehind(), PROBE, ports)
    expect(vantage?.words).toBe('https://grafana.example.com/ from gf1')
  })

  it('is nowhere without an answer of a Grafana, and every reason is told', async () => {
    const {ports} = aNetwork(
      {'here grafana.example.com:443 tls grafana.example.com': '<html>'},
      {lb1: unreachable('lb1') as never, gf1: new FakeHost('gf1')},
    )
    const {reasons} = await findVantage(clusterBehind(), PROBE, ports)
    expect(reasons).toEqual([
      'https://grafana.example.com/ from this machine: /api/health answers 200, but not as Grafana does',
      'https://grafana.example.com/ at 10.0.0.20:443, from this machine: connection refused',
      'https://grafana.example.com/ at 127.0.0.1:443, from lb1: no answer from port 22',
      'https://grafana.example.com/ from gf1: connection refused',
    ])
  })

  it('knows a failure of its own way from one that users meet', async () => {
    const {ports} = aNetwork({'lb1 127.0.0.1:8080': HEALTHY})
    const {vantage} = await findVantage(clusterBehind({file: FILE}), PROBE, ports)
    expect(vantage?.isBlind(unreachable('lb1'))).toBe(true)
    expect(vantage?.isBlind(new DialError('failed', 'the connection was closed'))).toBe(true)
    expect(vantage?.isBlind(new DialError('refused', 'connection refused'))).toBe(false)
  })
})
