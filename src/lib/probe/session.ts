import {cookieHeader, cookiesIn, loginRequest} from '../grafana/login.ts'
import type {Admin} from '../model/cluster.ts'
import type {Secret} from '../model/secret.ts'
import type {HttpResponse} from '../ports/http.ts'
import type {Clock} from '../ports/local.ts'
import type {Ask} from './vantage.ts'

/** Between two tries to log in, where no answer came. */
const RETRY_MILLISECONDS = 10_000
/** Part of a token's life after which a new one is asked for: the last moments are the server's own. */
const RENEW_AT = 0.8

/** One login through the balancer, kept as a browser keeps it: cookies, and a new token before the old one is too old. */
export class Session {
  readonly #ask: Ask
  readonly #admin: Admin
  readonly #clock: Clock
  readonly #cookies = new Map<string, Secret>()
  #state: 'none' | 'open' | 'refused' = 'none'
  #nextTry = 0
  #renewAt = Number.POSITIVE_INFINITY
  #busy: Promise<void> | undefined

  constructor(ask: Ask, admin: Admin, clock: Clock) {
    this.#ask = ask
    this.#admin = admin
    this.#clock = clock
  }

  /** Nobody will be logged in: the answer was no. */
  get refused(): boolean {
    return this.#state === 'refused'
  }

  /** The header that says who asks; undefined while nobody is logged in. */
  async headers(): Promise<Readonly<Record<string, string>> | undefined> {
    this.#busy ??= this.#keep().finally(() => {
      this.#busy = undefined
    })
    await this.#busy
    return this.#state === 'open' ? cookieHeader(this.#cookies) : undefined
  }

  /** An old Grafana gives a new token with any answer. */
  heard({status, headers}: HttpResponse): void {
    if (status >= 300) return
    for (const [name, value] of cookiesIn(headers)) {
      this.#cookies.set(name, value)
      if (name.endsWith('_expiry')) this.#renewAt = this.#renewalOf(Number(value.reveal()), headers['date'])
    }
  }

  async close(): Promise<void> {
    if (this.#state === 'open')
      await this.#ask({path: '/logout', headers: cookieHeader(this.#cookies)}).catch(() => undefined)
  }

  async #keep(): Promise<void> {
    const now = this.#clock.now()
    if (this.#state === 'none' && now >= this.#nextTry) await this.#logIn(now)
    else if (this.#state === 'open' && now >= this.#renewAt) await this.#renew(now)
  }

  /** A wrong password is tried once: Grafana locks the user after five. */
  async #logIn(now: number): Promise<void> {
    this.#nextTry = now + RETRY_MILLISECONDS
    const answer = await this.#ask(loginRequest(this.#admin)).catch(() => undefined)
    if (!answer || answer.status >= 500) return
    this.heard(answer)
    this.#state = answer.status < 300 && this.#cookies.size > 0 ? 'open' : 'refused'
  }

  async #renew(now: number): Promise<void> {
    this.#renewAt = now + RETRY_MILLISECONDS
    const path = '/api/user/auth-tokens/rotate'
    const answer = await this.#ask({method: 'POST', path, headers: cookieHeader(this.#cookies)}).catch(() => undefined)
    if (answer) this.heard(answer)
  }

  /** The server's clock says when a token ends; its own date tells how far that is. */
  #renewalOf(endsAtSeconds: number, date: HttpResponse['headers'][string]): number {
    const now = this.#clock.now()
    const serverNow = Date.parse(String(date ?? '')) || now
    return now + Math.max(0, endsAtSeconds * 1000 - serverNow) * RENEW_AT
  }
}
