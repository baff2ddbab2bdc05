import {describe, expect, it} from 'vitest'
import {Secret} from '../../../src/lib/model/secret.ts'
import {DialError} from '../../../src/lib/ports/host.ts'
import type {HttpRequest, HttpResponse} from '../../../src/lib/ports/http.ts'
import {Watch, type WatchOptions} from '../../../src/lib/probe/watch.ts'
import {ManualClock} from '../../support/manual-clock.ts'

const ADMIN = {user: 'admin', password: new Secret('s3cret')}
const BLIND = new DialError('failed', 'the connection was closed')

/** Grafana through a balancer; each answer takes ten milliseconds. */
class Users {
  readonly clock = new ManualClock()
  readonly said: string[] = []
  readonly asked: string[] = []
  answer: (request: HttpRequest) => Partial<HttpResponse> | Error | Promise<never> = () => ({})

  watch(given: Partial<WatchOptions> = {}): Watch {
    return new Watch({
      vantage: {words: '', atOnce: 4, ask: request => this.#ask(request), isBlind: error => error === BLIND},
      clock: this.clock,
      intervalMilliseconds: 250,
      errorBudget: 0.05,
      say: text => this.said.push(text),
      ...given,
    })
  }

  async #ask(request: HttpRequest): Promise<HttpResponse> {
    this.asked.push(request.path)
    const answer = await this.answer(request)
    await this.clock.sleep(10)
    if (answer instanceof Error) throw answer
    const body = request.path === '/api/health' ? '{"database":"ok"}' : ''
    const headers = request.path === '/login' ? {'set-cookie': ['grafana_session=t1']} : {}
    return {status: 200, body, headers, milliseconds: 10, ...answer}
  }
}

/** What comes of it when time is up. */
async function ended(users: Users, watch: Watch) {
  const stopped = watch.stop()
  await users.clock.pass(60_000)
  return stopped
}

describe('the watch over what users get', () => {
  it('asks at a steady rate for health, for who is logged in and for a dashboard, and logs out', async () => {
    const users = new Users()
    const watch = users.watch({admin: ADMIN})
    await users.clock.pass(3000)
    const {total} = await ended(users, watch)
    expect(total).toMatchObject({requests: 13, lost: 0, p50: 10})
    expect(users.asked.slice(0, 5)).toEqual([
      '/login',
      '/api/user',
      '/api/health',
      '/api/search?type=dash-db&limit=10',
      '/api/user',
    ])
    expect(users.asked.at(-1)).toBe('/logout')
  })

  it.each([2, 3, 5, 9])('asks each of %i nodes everything, though the balancer takes turns as well', async nodes => {
    const users = new Users()
    const watch = users.watch({admin: ADMIN})
    await users.clock.pass(60_000)
    await ended(users, watch)
    const asked = users.asked.filter(path => path.startsWith('/api'))
    const met = new Set(asked.map((path, turn) => `${path} at ${turn % nodes}`))
    expect(met.size).toBe(3 * nodes)
  })

  it('searches once, and reads the dashboard that it found from then on', async () => {
    const users = new Users()
    users.answer = ({path}) => (path.startsWith('/api/search') ? {body: '[{"uid":"one"}]'} : {})
    const watch = users.watch({admin: ADMIN})
    await users.clock.pass(10_000)
    expect((await ended(users, watch)).total.lost).toBe(0)
    expect(users.asked.filter(path => path.startsWith('/api/search'))).toHaveLength(1)
    expect(users.asked.filter(path => path === '/api/dashboards/uid/one').length).toBeGreaterThan(10)
  })

  it.each([404, 403, 406])('takes no dashboard that answers %i for a loss, and reads another', async status => {
    const users = new Users()
    users.answer = ({path}) => {
      if (path.startsWith('/api/search')) return {body: '[{"uid":"one"},{"uid":"two"}]'}
      return path.endsWith('/one') ? {status} : {}
    }
    const watch = users.watch({admin: ADMIN})
    await users.clock.pass(10_000)
    expect((await ended(users, watch)).total.lost).toBe(0)
    expect(users.asked.filter(path => path.endsWith('/one'))).toHaveLength(1)
    expect(users.asked.filter(path => path.endsWith('/two')).length).toBeGreaterThan(5)
  })

  it('names the dashboard that was lost', async () => {
    const users = new Users()
    const watch = users.watch({admin: ADMIN, errorBudget: 0})
    users.answer = ({path}) => {
      if (path.startsWith('/api/search')) return {body: '[{"uid":"one"}]'}
      return path.startsWith('/api/dashboards') ? {status: 502} : {}
    }
    watch.begin()
    await users.clock.pass(3000)
    expect(watch.spent()).toMatch(/lost \(dashboard: server error\)$/)
    await ended(users, watch)
  })

  it('says once that its login is refused, and watches what needs none', async () => {
    const users = new Users()
    users.answer = ({method}) => (method === 'POST' ? {status: 401, headers: {}} : {})
    const watch = users.watch({admin: ADMIN})
    await users.clock.pass(3000)
    await ended(users, watch)
    expect(users.said).toEqual([expect.stringMatching(/^Nobody watches logged-in users: /)])
    expect(new Set(users.asked)).toEqual(new Set(['/login', '/api/health']))
  })

  it('looks at the page to log in where nobody can log in', async () => {
    const users = new Users()
    const watch = users.watch()
    await users.clock.pass(1000)
    await ended(users, watch)
    expect(new Set(users.asked)).toEqual(new Set(['/login', '/api/health']))
  })

  it.each([
    ['server error', {status: 503}],
    ['sent to login', {status: 401}],
    ['sent to login', {status: 302, headers: {location: '/login?redirectTo=x'}}],
    ['no connection', new DialError('refused', 'refused')],
    ['slow', new DialError('timeout', 'no answer within 5 s')],
    ['slow', new Error('no answer within 5 s')],
    ['cut off', new Error('socket hang up')],
  ] as const)('counts as lost what is %s', async (lost, answer) => {
    const users = new Users()
    const watch = users.watch({admin: ADMIN})
    users.answer = ({path}) => (path === '/api/user' ? answer : {})
    await users.clock.pass(600)
    expect((await ended(users, watch)).lostBy).toEqual({[lost]: 1})
  })

  it('counts as lost what only looks like Grafana', async () => {
    const users = new Users()
    const watch = users.watch()
    users.answer = ({path}) => (path === '/api/health' ? {body: '<html>parked</html>'} : {})
    await users.clock.pass(300)
    expect((await ended(users, watch)).lostBy).toEqual({'not Grafana': 1})
  })

  it('spends its budget only once the first node was touched, and tells why', async () => {
    const users = new Users()
    const watch = users.watch()
    await users.clock.pass(5000)
    watch.begin()
    users.answer = ({path}) => (path === '/login' ? {status: 500} : {})
    await users.clock.pass(3000)
    expect(watch.spent()).toBeUndefined()
    await users.clock.pass(1000)
    expect(watch.spent()).toMatch(/^7 of the last 1\d requests were lost \(login page: server error\)$/)
    expect(users.said).toEqual([`Users notice: ${watch.spent()}.`])
    users.answer = () => ({})
    await users.clock.pass(60_000)
    expect(watch.spent()).toBeDefined()
    await ended(users, watch)
  })

  it('forgets what was lost half a minute ago', async () => {
    const users = new Users()
    const watch = users.watch()
    await users.clock.pass(5000)
    watch.begin()
    for (let round = 0; round < 4; round += 1) {
      users.answer = () => ({status: 500})
      await users.clock.pass(1000)
      users.answer = () => ({})
      await users.clock.pass(31_000)
    }
    expect(watch.spent()).toBeUndefined()
    expect((await ended(users, watch)).during.lost).toBe(16)
  })

  it('stops nothing where users are bound to notice', async () => {
    const users = new Users()
    const watch = users.watch({errorBudget: undefined as never})
    await users.clock.pass(5000)
    watch.begin()
    users.answer = () => ({status: 500})
    await users.clock.pass(30_000)
    expect(watch.spent()).toBeUndefined()
    await ended(users, watch)
  })

  it('blames nobody while its own place is cut off, and says so once', async () => {
    const users = new Users()
    const watch = users.watch()
    await users.clock.pass(5000)
    watch.begin()
    users.answer = () => BLIND
    await users.clock.pass(10_000)
    const {total, unseen} = await ended(users, watch)
    expect(watch.spent()).toBeUndefined()
    expect(total.lost).toBe(0)
    expect(unseen).toBeGreaterThan(30)
    expect(users.said).toEqual(['Nobody watches what users get now: the connection was closed.'])
  })

  it('has no more under way than its place allows', async () => {
    const users = new Users()
    const watch = users.watch()
    users.answer = () => new Promise<never>(() => undefined)
    await users.clock.pass(10_000)
    expect(users.asked).toHaveLength(4)
    expect(watch.samples).toEqual([])
  })

  it('knows the time before after five seconds, and watches three seconds on at the end', async () => {
    const users = new Users()
    const watch = users.watch()
    let known = false
    void watch.knowsBefore().then(() => {
      known = true
    })
    await users.clock.pass(4900)
    expect(known).toBe(false)
    await users.clock.pass(200)
    expect(known).toBe(true)
    watch.begin()
    await users.clock.pass(1000)
    watch.endedAt(users.clock.now())
    const {before, during, after} = await ended(users, watch)
    expect([before.requests, during.requests, after.requests]).toEqual([21, 4, 12])
  })
})
