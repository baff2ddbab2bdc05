import {describe, expect, it} from 'vitest'
import {REFUSED} from '../../../src/lib/facts/as-admin.ts'
import {type LoginSeen, RunLogin} from '../../../src/lib/facts/run-login.ts'
import type {Cluster} from '../../../src/lib/model/cluster.ts'
import {type Observation, seen} from '../../../src/lib/model/observation.ts'
import {DialError} from '../../../src/lib/ports/host.ts'
import type {HttpRequest, HttpResponse} from '../../../src/lib/ports/http.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aHaproxy} from '../../support/a-load-balancer.ts'
import {FakeClock, FakeHost, FakeHosts, FakeHttp} from '../../support/fake-ports.ts'

/** Grafanas that know only the sessions that were opened under their own key. */
class Keys {
  readonly keys: Record<string, string> = {gf1: 'k', gf2: 'k', gf3: 'k'}
  /** The node to which the balancer sends; none where it cannot be reached. */
  balanced: string | undefined = 'gf2'
  status = 200
  readonly open = new Set<string>()
  readonly http = new FakeHttp((from, request) => this.#answer(from, request))

  login(cluster: Cluster = aCluster({loadBalancer: aHaproxy()})): RunLogin {
    const hosts = Object.fromEntries(cluster.nodes.map(({name}) => [name, new FakeHost(name)]))
    return new RunLogin(cluster, {
      here: new FakeHost('here'),
      hosts: new FakeHosts(hosts),
      http: this.http,
      clock: new FakeClock(),
    })
  }

  #answer(from: string, {path, headers}: HttpRequest): Partial<HttpResponse> {
    const node = from === 'here' ? this.balanced : from
    if (node === undefined) throw new DialError('timeout', 'no answer')
    const session = headers?.['cookie'] ?? ''
    if (path === '/logout') return this.open.delete(session) ? {status: 302} : {status: 302}
    if (path === '/login') return this.#open(node)
    const known = this.open.has(session) && session.startsWith(`s=${this.keys[node]}.`)
    return known ? {status: 200, body: '{}'} : {status: 401, body: '{"messageId":"session.token.not-found"}'}
  }

  #open(node: string): Partial<HttpResponse> {
    if (this.status !== 200) return {status: this.status}
    const session = `s=${this.keys[node]}.${this.open.size}`
    this.open.add(session)
    return {headers: {'set-cookie': [`${session}; Path=/; HttpOnly`, 'gone=; Max-Age=0']}}
  }
}

const [gf1] = aCluster().nodes
const tried = {node: gf1!, process: '1/1', mates: new Set<string>()}
const told = (answers: LoginSeen['elsewhere']) => [...answers].map(([name, answer]) => [name, seen(answer)])
const whole = (login: Observation<LoginSeen>) => (login.known ? login.value : undefined)

describe('the login of a run', () => {
  it('is shown to every node, and so is that of the node itself', async () => {
    const login = whole(await new Keys().login().tryOn(tried))
    expect(login?.opened).toBe('through the balancer')
    expect(seen(login!.here)).toBe(true)
    const everywhere = [
      ['gf2', true],
      ['gf3', true],
    ]
    expect(told(login!.elsewhere)).toEqual(everywhere)
    expect(login!.own.taken && told(login!.own.elsewhere)).toEqual(everywhere)
  })

  it('is opened on another node where the balancer cannot be reached', async () => {
    const world = new Keys()
    world.balanced = undefined
    expect(whole(await world.login().tryOn(tried))?.opened).toBe('on gf2')
  })

  it('finds the node that knows no session of the others', async () => {
    const world = new Keys()
    world.keys['gf1'] = 'other'
    const login = whole(await world.login().tryOn(tried))
    expect(seen(login!.here)).toBe(false)
    expect(login!.own.taken && told(login!.own.elsewhere)).toEqual([
      ['gf2', false],
      ['gf3', false],
    ])
  })

  it('blames nobody for the one behind the balancer that is wrong', async () => {
    const world = new Keys()
    world.balanced = 'gf3'
    world.keys['gf3'] = 'other'
    const login = whole(await world.login().tryOn(tried))
    expect(login?.opened).toBe('on gf1')
    expect(seen(login!.here)).toBe(true)
    expect(told(login!.elsewhere)).toEqual([['gf2', true]])
  })

  it('does not hold against a node what its wave-mates do not know', async () => {
    const world = new Keys()
    const login = world.login()
    await login.begin(gf1!)
    world.keys['gf2'] = 'other'
    const after = whole(await login.tryOn({...tried, mates: new Set(['gf1', 'gf2'])}))
    expect(told(after!.elsewhere)).toEqual([['gf3', true]])
  })

  it('is asked for once where the password is refused', async () => {
    const world = new Keys()
    world.status = 401
    const login = world.login()
    await login.begin(gf1!)
    expect(await login.tryOn(tried)).toEqual({known: false, reason: REFUSED})
    expect(await login.tryOn(tried)).toEqual({known: false, reason: REFUSED})
    expect(world.http.asked).toEqual(['here /login', 'gf2 /login'])
  })

  it('leaves no session behind', async () => {
    const world = new Keys()
    const login = world.login()
    await login.tryOn(tried)
    expect(world.open.size).toBe(2)
    await login.end()
    expect(world.open.size).toBe(0)
  })

  it('takes a session that waits for its next token for one that is known', async () => {
    const http = new FakeHttp((_from, {path}) =>
      path === '/login'
        ? {headers: {'set-cookie': ['s=1']}}
        : {status: 401, body: '{"messageId":"session.token.rotate"}'},
    )
    const hosts = new FakeHosts({gf1: new FakeHost('gf1')})
    const cluster = {...aCluster(), nodes: [gf1!]}
    const login = new RunLogin(cluster, {here: new FakeHost('here'), hosts, http, clock: new FakeClock()})
    expect(seen(whole(await login.tryOn(tried))!.here)).toBe(true)
  })
})
