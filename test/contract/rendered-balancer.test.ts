import {type IncomingMessage, type OutgoingHttpHeaders, request} from 'node:http'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import WebSocket from 'ws'
import {HaproxyBalancer} from '../../src/lib/adapters/haproxy.ts'
import {NginxBalancer} from '../../src/lib/adapters/nginx.ts'
import type {Balancer} from '../../src/lib/ports/balancer.ts'
import type {Haproxy, Nginx} from '../support/a-load-balancer.ts'
import {type Balanced, startBehindHaproxy, startBehindNginx} from '../support/balanced.ts'
import {LocalHosts} from '../support/local-host.ts'

const VISITORS = [
  ['a user', {headers: {cookie: 'grafana_session=1'}}],
  ['a stranger', {headers: {}}],
] as const

const openHaproxy = ({cluster}: Balanced) =>
  new HaproxyBalancer(new LocalHosts(), cluster.loadBalancer as Haproxy, Date)
const openNginx = ({cluster}: Balanced) => new NginxBalancer(new LocalHosts(), cluster.loadBalancer as Nginx, Date)

describe.each<[string, () => Promise<Balanced>, (balanced: Balanced) => Balancer]>([
  ['HAProxy', startBehindHaproxy, openHaproxy],
  ['nginx', startBehindNginx, openNginx],
])('what gha renders for %s', (_, start, open) => {
  let balanced: Balanced
  beforeAll(async () => {
    balanced = await start()
  })
  afterAll(() => balanced.stop())

  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${balanced.url}${path}`, init)
    return {status: response.status, text: await response.text()}
  }

  const asked = async (request: () => Promise<unknown>) => {
    const count = () => balanced.grafanas.reduce((sum, grafana) => sum + grafana.requests(), 0)
    const before = count()
    await request()
    return count() - before
  }

  it('sends requests to every node', async () => {
    for (let count = 0; count < 12; count++) await get('/')
    for (const grafana of balanced.grafanas) expect(grafana.requests()).toBeGreaterThan(0)
  })

  it.each(VISITORS)('finds %s an asset that only one node has, ten times of ten and under load', async (_, who) => {
    const found = async () => {
      const {status, url} = await fetch(`${balanced.url}/public/build/new.js`, who)
      return `${status} ${new URL(url).pathname}`
    }
    const alone = []
    for (let count = 0; count < 10; count++) alone.push(await found())
    const together = await Promise.all(Array.from({length: 60}, found))
    expect(new Set([...alone, ...together])).toEqual(new Set(['200 /public/build/new.js']))
  })

  it('says 404 for an asset that no node has, and asks once for any other path', async () => {
    expect((await get('/public/build/none.js', {headers: {cookie: 'grafana_session=1'}})).status).toBe(404)
    expect((await get('/public/build/none.js')).status).toBe(404)
    expect((await get('/public/build/none.js?gha-node=99999999999999999999')).status).toBe(404)
    expect(await asked(() => get('/api/some'))).toBe(1)
  })

  it.each(VISITORS)('asks each node twice at most for an asset of %s that none has', async (_, who) => {
    expect(await asked(() => get('/public/build/none.js', who))).toBeLessThanOrEqual(2 * balanced.grafanas.length)
  })

  it('says whom it speaks for', async () => {
    const {headers} = JSON.parse((await get('/', {headers: {host: 'grafana.example.com'}})).text)
    expect(headers['x-forwarded-for']).toBe('127.0.0.1')
    expect(headers['x-forwarded-proto']).toBe('http')
    const kept = JSON.parse((await get('/', {headers: {'x-forwarded-proto': 'https'}})).text)
    expect(kept.headers['x-forwarded-proto']).toBe('https')
  })

  it('lets a WebSocket through', async () => {
    const socket = new WebSocket(`${balanced.url.replace('http', 'ws')}/api/live/ws`)
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    socket.terminate()
  })

  it('takes a big body', async () => {
    expect((await get('/', {method: 'POST', body: 'x'.repeat(5_000_000)})).status).toBe(200)
  })

  it('asks users to come back soon while every node is out, as one migrates alone, and sends them to none', async () => {
    const balancer = open(balanced)
    const {nodes} = balanced.cluster
    for (const node of nodes) await balancer.drain(node)
    for (const node of nodes) await balancer.takeOut(node)
    const reached = await asked(async () => {
      for (const [, who] of VISITORS) {
        for (const path of ['/', '/public/build/new.js', '/api/health']) {
          const {status, headers} = await fetch(`${balanced.url}${path}`, {...who, redirect: 'manual'})
          expect([path, status, headers.get('retry-after')]).toEqual([path, 503, '5'])
        }
      }
    })
    expect(reached).toBe(0)
    for (const node of nodes) await balancer.undrain(node)
    const states = async () => (await balancer.status()).map(({state}) => state)
    await expect.poll(states, {timeout: 10_000}).toEqual(['in', 'in', 'in'])
    expect((await get('/')).status).toBe(200)
  })

  it.each(VISITORS)('finds %s an asset although a node is gone, before that was noticed', async (_, {headers}) => {
    await balanced.grafanas[0]?.stop()
    const found = () => statusByNewConnections(new URL('/public/build/new.js', balanced.url), headers)
    const answers = await Promise.all(Array.from({length: 60}, found))
    expect(new Set(answers)).toEqual(new Set([200]))
  })

  it('goes on serving when the shared database fails every node at once', async () => {
    for (const grafana of balanced.grafanas) grafana.setHealthy(false)
    const end = Date.now() + 8500
    const answers = []
    while (Date.now() < end) {
      answers.push((await get('/')).status)
      await sleep(100)
    }
    for (const grafana of balanced.grafanas) grafana.setHealthy(true)
    expect(new Set(answers)).toEqual(new Set([200]))
  })

  it('asks users to come back soon when no node answers', async () => {
    await Promise.all(balanced.grafanas.map(grafana => grafana.stop()))
    const response = await fetch(`${balanced.url}/`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
    expect(await response.text()).toBe('No Grafana node answers at the moment.\n')
  })
})

/** Each request on a connection of its own: on one that is kept HAProxy answers a lost node with a close, and browsers ask again. */
async function statusByNewConnections(url: URL, headers: OutgoingHttpHeaders): Promise<number | undefined> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, {agent: false, headers}, resolve).on('error', reject).end()
  })
  response.resume()
  const {location} = response.headers
  return location === undefined ? response.statusCode : statusByNewConnections(new URL(location, url), headers)
}
