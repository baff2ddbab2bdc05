import {describe, expect, it} from 'vitest'
import {Secret} from '../../../src/lib/model/secret.ts'
import type {HttpRequest, HttpResponse} from '../../../src/lib/ports/http.ts'
import {Session} from '../../../src/lib/probe/session.ts'
import {FakeClock} from '../../support/fake-ports.ts'

const ADMIN = {user: 'admin', password: new Secret('s3cret')}
const MINUTE = 60_000

/** A Grafana that numbers its tokens; each lives ten minutes by a clock that is an hour late. */
class Door {
  readonly clock = new FakeClock()
  readonly asked: string[] = []
  answer: (request: HttpRequest) => Partial<HttpResponse> | Error = () => this.token()
  #tokens = 0
  readonly session = new Session(request => this.#ask(request), ADMIN, this.clock)

  token(): Partial<HttpResponse> {
    this.#tokens += 1
    const late = this.clock.now() - 60 * MINUTE
    const cookies = [
      `grafana_session=t${this.#tokens}; Path=/; HttpOnly`,
      `grafana_session_expiry=${late / 1000 + 600}`,
    ]
    return {headers: {'set-cookie': cookies, date: new Date(late).toUTCString()}}
  }

  async #ask(request: HttpRequest): Promise<HttpResponse> {
    this.asked.push(`${request.method ?? 'GET'} ${request.path}`)
    const answer = this.answer(request)
    if (answer instanceof Error) throw answer
    return {status: 200, body: '', headers: {}, milliseconds: 1, ...answer}
  }
}

describe('a session through the balancer', () => {
  it('logs in once, however many ask at the same time', async () => {
    const door = new Door()
    const asking = [door.session.headers(), door.session.headers()]
    const cookie = expect.stringMatching(/^grafana_session=t1; grafana_session_expiry=\d+$/)
    expect(await Promise.all(asking)).toEqual([{cookie}, {cookie}])
    expect(door.asked).toEqual(['POST /login'])
  })

  it('is renewed before its token is too old, by the clock of the server', async () => {
    const door = new Door()
    await door.session.headers()
    await door.clock.sleep(7.9 * MINUTE)
    expect((await door.session.headers())?.['cookie']).toContain('t1')
    await door.clock.sleep(0.2 * MINUTE)
    expect((await door.session.headers())?.['cookie']).toContain('t2')
    expect(door.asked).toEqual(['POST /login', 'POST /api/user/auth-tokens/rotate'])
  })

  it('takes the new token that an old Grafana gives with any answer, but none from a refusal', async () => {
    const door = new Door()
    await door.session.headers()
    const answer = {status: 200, body: '', milliseconds: 1, headers: {'set-cookie': ['grafana_session=new']}}
    door.session.heard({...answer, status: 401, headers: {'set-cookie': ['grafana_session=']}})
    expect((await door.session.headers())?.['cookie']).toContain('t1')
    door.session.heard(answer)
    expect((await door.session.headers())?.['cookie']).toContain('grafana_session=new')
  })

  it('tries a refused password never again, because Grafana locks the user out', async () => {
    const door = new Door()
    door.answer = () => ({status: 401})
    expect(await door.session.headers()).toBeUndefined()
    await door.clock.sleep(10 * MINUTE)
    expect(await door.session.headers()).toBeUndefined()
    expect(door.asked).toEqual(['POST /login'])
  })

  it('tries again after a while when nobody answered', async () => {
    const door = new Door()
    door.answer = () => new Error('cut off')
    expect(await door.session.headers()).toBeUndefined()
    door.answer = () => ({status: 502})
    await door.clock.sleep(9000)
    expect(await door.session.headers()).toBeUndefined()
    expect(door.asked).toHaveLength(1)
    await door.clock.sleep(1000)
    expect(await door.session.headers()).toBeUndefined()
    door.answer = () => door.token()
    await door.clock.sleep(10_000)
    expect(await door.session.headers()).toBeDefined()
  })

  it('logs out what is logged in, and nothing else', async () => {
    const door = new Door()
    await door.session.close()
    await door.session.headers()
    await door.session.close()
    expect(door.asked).toEqual(['POST /login', 'GET /logout'])
  })
})
