import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, afterEach, describe, expect, it} from 'vitest'
import {launchDouble, removeDoubles, startDouble, stopDoubles, treeOf} from '../support/double.ts'
import {readFaults} from './faults.ts'

afterEach(stopDoubles)
afterAll(removeDoubles)

describe('a fault', () => {
  it('comes from the environment or from a file, with its number in either spelling', () => {
    expect(readFaults('/none', {DOUBLE_FAULT: 'die-after-20s'}).get('die-after')).toBe(20)
    expect(readFaults('/none', {DOUBLE_FAULT: 'die-after=3, wrong-version'}).get('die-after')).toBe(3)
    expect(readFaults('/none', {DOUBLE_FAULT: 'slow-health'}).get('slow-health')).toBe(6)
    expect(readFaults('/none', {}).has('wrong-version')).toBe(false)
    expect(() => readFaults('/none', {DOUBLE_FAULT: 'typo'})).toThrow(/unknown fault typo/)
  })

  it('in conf/fault of the tree counts too', async () => {
    const file = path.join(await treeOf('12.1.9'), 'conf', 'fault')
    writeFileSync(file, 'wrong-version\n')
    const double = await startDouble({version: '12.1.9'})
    expect(await (await double.get('/api/health')).json()).toMatchObject({version: '0.0.1'})
    rmSync(file)
  })

  it('crash-at-boot ends with 1', async () => {
    expect(await (await launchDouble({fault: 'crash-at-boot'})).exited).toBe(1)
  })

  it('die-after listens first and then ends with 1', async () => {
    const double = await startDouble({fault: 'die-after=1'})
    expect((await double.get('/healthz')).status).toBe(200)
    expect(await double.exited).toBe(1)
  })

  it('slow-health answers late', async () => {
    const double = await startDouble({fault: 'slow-health=1'})
    const started = performance.now()
    expect((await double.get('/api/health')).status).toBe(200)
    expect(performance.now() - started).toBeGreaterThan(990)
  })

  it('failing-health answers 503, login-broken 500', async () => {
    const double = await startDouble({fault: 'failing-health login-broken'})
    expect((await double.get('/api/health')).status).toBe(503)
    expect((await double.get('/login', {method: 'POST', body: '{}'})).status).toBe(500)
  })

  it('fatal-line writes what Grafana writes, and answers as ever', async () => {
    const double = await startDouble({fault: 'fatal-line'})
    expect((await double.get('/api/health')).status).toBe(200)
    expect(double.output()).toMatch(/^logger=provisioning .*level=error msg="Failed to provision dashboard" error=/m)
  })

  it('no-plugins lists none of the installed plugins, and those of Grafana itself', async () => {
    const plugins = mkdtempSync(path.join(tmpdir(), 'gha-plugins-'))
    mkdirSync(path.join(plugins, 'clock'))
    writeFileSync(path.join(plugins, 'clock', 'plugin.json'), '{"id":"clock","info":{"version":"2.1.3"}}')
    const listed = async (fault: string, query = '') => {
      const double = await startDouble({fault, settings: `[paths]\nplugins = ${plugins}\n`})
      const reply = await double.get(`/api/plugins${query}`, {headers: {authorization: `Basic ${btoa('admin:admin')}`}})
      return ((await reply.json()) as {id: string}[]).map(({id}) => id)
    }
    expect(await listed('')).toEqual(['text', 'clock'])
    expect(await listed('', '?core=0')).toEqual(['clock'])
    expect(await listed('no-plugins')).toEqual(['text'])
    rmSync(plugins, {recursive: true})
  })

  it('search-broken answers 500 to who is logged in, and is healthy', async () => {
    const double = await startDouble({fault: 'search-broken'})
    const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`
    for (const path of ['/api/search', '/api/dashboards/uid/any'])
      expect((await double.get(path, {headers: {authorization}})).status).toBe(500)
    expect((await double.get('/api/health')).status).toBe(200)
  })

  it('wrong-db is healthy without the configured database', async () => {
    const settings = '[database]\ntype = postgres\nhost = 127.0.0.1:1\n'
    const double = await startDouble({settings, fault: 'wrong-db'})
    expect((await double.get('/api/health')).status).toBe(200)
  })

  it('slow-stop stops late', async () => {
    const double = await startDouble({fault: 'slow-stop=1'})
    const started = performance.now()
    expect(await double.stop()).toBe(0)
    expect(performance.now() - started).toBeGreaterThan(990)
  })
})
