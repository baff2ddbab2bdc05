import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import WebSocket from 'ws'
import type {Node} from '../../src/lib/model/node.ts'
import type {Balancer, BalancerView} from '../../src/lib/ports/balancer.ts'
import type {Balanced} from '../support/balanced.ts'

export interface BalancerUnderTest {
  readonly name: string
  readonly start: () => Promise<Balanced>
  readonly open: (balanced: Balanced) => Balancer
}

/** What a rollout relies on, whatever balances. */
export function describeBalancer({name, start, open}: BalancerUnderTest): void {
  describe(`the balancer port on ${name}`, () => {
    let balanced: Balanced
    let balancer: Balancer
    beforeAll(async () => {
      balanced = await start()
      balancer = open(balanced)
    })
    afterAll(() => balanced.stop())

    const node = (place: number): Node => balanced.cluster.nodes[place]!
    const viewOf = async (place: number): Promise<BalancerView> => {
      const views = (await balancer.status()).filter(({server}) => server === node(place).balancerName)
      expect(views).toHaveLength(1)
      return views[0]!
    }
    const get = async (path = '/') => (await fetch(`${balanced.url}${path}`)).status
    const served = async (count: number) => {
      const before = balanced.grafanas.map(grafana => grafana.requests())
      for (let request = 0; request < count; request++) expect(await get()).toBe(200)
      return balanced.grafanas.map((grafana, place) => grafana.requests() - before[place]!)
    }

    it('shows every node in, with its address', async () => {
      const views = await balancer.status()
      expect(views.map(({balancer: host, server, state, address}) => [host, server, state, address])).toEqual(
        balanced.cluster.nodes.map(({balancerName, address, httpPort}) => [
          'lb1',
          balancerName,
          'in',
          `${address}:${httpPort}`,
        ]),
      )
    })

    it('sends nothing new to a drained node, while what is under way ends well', async () => {
      const slow = Promise.all(Array.from({length: 6}, () => get('/slow')))
      await sleep(200)
      await balancer.drain(node(0))
      expect((await viewOf(0)).state).toBe('drain')
      expect(await served(12)).toEqual([0, expect.any(Number), expect.any(Number)])
      expect(await slow).toEqual([200, 200, 200, 200, 200, 200])
    })

    it('drains twice as well as once', async () => {
      await balancer.drain(node(0))
      expect((await viewOf(0)).state).toBe('drain')
    })

    it('sends nothing at all to a node that is out, and keeps it out when it is drained again', async () => {
      await balancer.takeOut(node(0))
      expect(await viewOf(0)).toMatchObject({state: 'out', current: 0})
      await balancer.drain(node(0))
      expect((await viewOf(0)).state).toBe('out')
      expect((await served(12))[0]).toBe(0)
    })

    it('sends it assets no more either', async () => {
      const before = balanced.grafanas[0]!.requests()
      for (let request = 0; request < 6; request++) await get('/public/build/new.js')
      expect(balanced.grafanas[0]!.requests()).toBe(before)
    })

    it('takes a node back, and it serves', async () => {
      await balancer.undrain(node(0))
      await expect.poll(async () => (await viewOf(0)).state, {timeout: 10_000}).toBe('in')
      expect(Math.min(...(await served(60)))).toBeGreaterThan(0)
    })

    it('lets a drained node finish the pages it has handed out, with assets that only it has', async () => {
      await balancer.drain(node(2))
      expect((await viewOf(2)).state).toBe('drain')
      for (let request = 0; request < 6; request++) expect(await get('/public/build/new.js')).toBe(200)
      await balancer.takeOut(node(2))
      expect(await get('/public/build/new.js')).toBe(404)
      await balancer.undrain(node(2))
      await expect.poll(async () => (await viewOf(2)).state, {timeout: 10_000}).toBe('in')
    })

    it('counts what is under way on the node', async () => {
      const current = async () => (await balancer.status()).map(view => view.current)
      for (const place of [0, 1]) await balancer.takeOut(node(place))
      const socket = new WebSocket(`${balanced.url.replace('http', 'ws')}/api/live/ws`)
      socket.on('error', () => undefined)
      await new Promise(resolve => socket.once('open', resolve))
      await balancer.drain(node(2))
      await expect.poll(current, {timeout: 10_000}).toEqual([0, 0, 1])
      socket.terminate()
      await expect.poll(current, {timeout: 10_000}).toEqual([0, 0, 0])
      for (const place of [0, 1, 2]) await balancer.undrain(node(place))
    })

    it('loses no request while a node goes out and comes back', async () => {
      const lost: string[] = []
      let running = true
      const client = async () => {
        while (running) {
          // nginx closes kept connections when it reloads: a client may ask once more when no byte came.
          const answer = await get().catch(error => (wasClosed(error) ? get().catch(String) : String(error.cause)))
          if (answer !== 200) lost.push(String(answer))
        }
      }
      const clients = Array.from({length: 8}, client)
      await sleep(200)
      await balancer.drain(node(1))
      await sleep(300)
      await balancer.takeOut(node(1))
      expect((await viewOf(1)).state).toBe('out')
      await balanced.grafanas[1]!.stop()
      await sleep(300)
      running = false
      await Promise.all(clients)
      expect(lost).toEqual([])
    })
  })
}

function wasClosed(error: {readonly cause?: {readonly message?: string; readonly code?: string}}): boolean {
  return error.cause?.message === 'other side closed' || error.cause?.code === 'ECONNRESET'
}
