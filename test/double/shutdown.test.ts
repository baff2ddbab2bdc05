import {existsSync} from 'node:fs'
import {Agent, get, type IncomingMessage} from 'node:http'
import {connect} from 'node:net'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, afterEach, describe, expect, it} from 'vitest'
import {type RunningDouble, removeDoubles, startDouble, stopDoubles} from '../support/double.ts'

afterEach(stopDoubles)
afterAll(removeDoubles)

const slowQuery = (double: RunningDouble, wait: string) =>
  double.get('/api/ds/query', {
    method: 'POST',
    headers: {authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/json'},
    body: JSON.stringify({queries: [{refId: 'A', scenarioId: 'slow_query', stringInput: wait}]}),
  })
const request = (double: RunningDouble, agent: Agent) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    get(`${double.url}/healthz`, {agent}, reply => reply.resume().on('end', () => resolve(reply))).on('error', reject)
  })

describe('a stop', () => {
  it('by SIGTERM finishes what is in flight, takes nothing new and ends with 0', async () => {
    const double = await startDouble()
    const slow = slowQuery(double, '800ms')
    await sleep(200)
    double.signal('SIGTERM')
    await sleep(100)
    await expect(double.get('/healthz')).rejects.toThrow()
    const reply = await slow
    expect([reply.status, reply.headers.get('connection')]).toEqual([200, 'close'])
    expect(await double.exited).toBe(0)
    expect(double.output()).toContain('msg="Shutdown started" reason="System signal: terminated"')
  })

  it('closes idle connections at once', async () => {
    const double = await startDouble()
    const agent = new Agent({keepAlive: true})
    await request(double, agent)
    const started = performance.now()
    double.signal('SIGTERM')
    expect(await double.exited).toBe(0)
    expect(performance.now() - started).toBeLessThan(2000)
    agent.destroy()
  })

  it('does not come from SIGHUP', async () => {
    const double = await startDouble()
    double.signal('SIGHUP')
    await sleep(100)
    expect((await double.get('/healthz')).status).toBe(200)
    expect(existsSync(`/proc/${double.pid}`)).toBe(true)
  })
})

describe('a kept connection', () => {
  it('stays open when nothing is sent for longer than most servers wait', async () => {
    const double = await startDouble()
    const socket = connect(double.port, '127.0.0.1')
    const ask = () =>
      new Promise<string>(resolve => {
        socket.once('data', data => resolve(String(data)))
        socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')
      })
    expect(await ask()).toContain('200 OK')
    await sleep(6500)
    expect(await ask()).toContain('200 OK')
    socket.destroy()
  })
})
