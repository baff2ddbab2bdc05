import http from 'node:http'
import {setTimeout as sleep} from 'node:timers/promises'
import {type Kind, lostReason, mayTryAgain} from './judge.ts'
import {pageAssets} from './page-assets.ts'
import {type Answer, request} from './request.ts'
import type {Entry} from './tally.ts'

export interface Account {
  readonly user: string
  readonly password: string
}

export interface VisitorOptions {
  readonly url: URL
  readonly client: number
  /** `keeps` holds one connection open as a browser does; `opens` makes a new one for every request. */
  readonly connections: 'keeps' | 'opens'
  readonly account: Account | undefined
  readonly slowMs: number
  /** Shortest time from the start of one request to the start of the next. */
  readonly paceMs: number
  readonly stop: AbortSignal
  record(entry: Entry): void
  reLoggedIn(): void
}

interface Ask {
  readonly kind: Kind
  readonly url: URL
  readonly method?: 'GET' | 'POST'
  readonly json?: unknown
  readonly cookie?: string
  /** When the page that names it was there, by `performance.now()`. */
  readonly pageAt?: number
  /** Set where a browser would ask at once. */
  readonly atOnce?: true
}

/** As many as browsers follow. */
const MOST_REDIRECTS = 20

const API = ['/api/user', '/api/org', '/api/search?limit=10', '/api/frontend/settings']
const QUERY = {
  queries: [{refId: 'A', datasource: {type: 'datasource', uid: 'grafana'}, queryType: 'randomWalk', maxDataPoints: 50}],
  from: 'now-5m',
  to: 'now',
}

/** One user of Grafana, who opens pages with all they name, asks the API and sends queries until told to stop. */
export class Visitor {
  readonly #options: VisitorOptions
  readonly #agent: http.Agent | undefined
  #cookie: string | undefined
  #nextStart = 0

  constructor(options: VisitorOptions) {
    this.#options = options
    this.#agent = options.connections === 'keeps' ? new http.Agent({keepAlive: true, maxSockets: 1}) : undefined
  }

  async run(): Promise<void> {
    await this.#logIn()
    while (!this.#options.stop.aborted) await this.#visit()
    this.#agent?.destroy()
  }

  async #visit(): Promise<void> {
    await this.#open('/login', undefined)
    if (!this.#options.account) return
    if (!this.#cookie && (await this.#logIn())) this.#options.reLoggedIn()
    await this.#open('/', this.#cookie)
    for (const path of API) await this.#ask({kind: 'api', url: this.#at(path), ...this.#session()})
    const url = this.#at('/api/ds/query')
    await this.#ask({kind: 'query', url, method: 'POST', json: QUERY, ...this.#session()})
  }

  async #open(path: string, cookie: string | undefined): Promise<void> {
    const url = this.#at(path)
    const page = await this.#ask({kind: 'page', url, ...(cookie ? {cookie} : {})})
    if (page?.kind !== 'reply') return
    const pageAt = performance.now()
    for (const asset of pageAssets(page.body, url))
      await this.#follow({kind: 'asset', url: asset, pageAt, ...(cookie ? {cookie} : {})}, 0)
  }

  /** To where an answer sends it, as browsers go. */
  async #follow(ask: Ask, redirects: number): Promise<void> {
    const answer = await this.#ask(ask)
    const target = answer?.kind === 'reply' && answer.status < 400 ? answer.headers.location : undefined
    if (target && redirects < MOST_REDIRECTS)
      await this.#follow({...ask, url: new URL(target, ask.url), atOnce: true}, redirects + 1)
  }

  async #logIn(): Promise<boolean> {
    if (!this.#options.account) return false
    const answer = await this.#ask({
      kind: 'login',
      url: this.#at('/login'),
      method: 'POST',
      json: this.#options.account,
    })
    if (answer?.kind !== 'reply') return false
    this.#cookie = answer.headers['set-cookie']?.map(line => line.split(';')[0]).join('; ')
    return this.#cookie !== undefined
  }

  /** Answers undefined once the load was told to stop. */
  async #ask(ask: Ask): Promise<Answer | undefined> {
    if (!ask.atOnce) await this.#pace()
    if (this.#options.stop.aborted) return undefined
    const time = new Date().toISOString()
    const pageAgeMs = ask.pageAt === undefined ? undefined : Math.round(performance.now() - ask.pageAt)
    const first = await this.#send(ask)
    const again = mayTryAgain(ask.method ?? 'GET', first)
    const answer = again ? await this.#send(ask) : first
    const ms = again ? first.ms + answer.ms : answer.ms
    const lost = lostReason({kind: ask.kind, loggedIn: ask.cookie !== undefined}, answer)
    if (lost === 'sent-to-login') this.#cookie = undefined
    this.#options.record({
      time,
      client: this.#options.client,
      kind: ask.kind,
      method: ask.method ?? 'GET',
      path: ask.url.pathname + ask.url.search,
      connection: answer.connection,
      ...(answer.status === undefined ? {} : {status: answer.status}),
      ms: Math.round(ms * 10) / 10,
      bytes: answer.bytes,
      ...(pageAgeMs === undefined ? {} : {pageAgeMs}),
      ...(lost ? {lost} : {}),
      ...(again ? {retried: true as const} : {}),
    })
    return answer
  }

  #send({url, method = 'GET', json, cookie}: Ask): Promise<Answer> {
    return request({
      url,
      method,
      headers: {
        accept: '*/*',
        ...(json === undefined ? {} : {'content-type': 'application/json'}),
        ...(cookie ? {cookie} : {}),
      },
      ...(json === undefined ? {} : {body: JSON.stringify(json)}),
      agent: this.#agent,
      slowMs: this.#options.slowMs,
    })
  }

  async #pace(): Promise<void> {
    const wait = this.#nextStart - performance.now()
    if (wait > 0) await sleep(wait, undefined, {signal: this.#options.stop}).catch(() => undefined)
    this.#nextStart = performance.now() + this.#options.paceMs
  }

  #session(): {cookie?: string} {
    return this.#cookie ? {cookie: this.#cookie} : {}
  }

  #at(path: string): URL {
    return new URL(path.slice(1), this.#options.url)
  }
}
