import {messageOf} from '../errors/message-of.ts'
import type {Admin} from '../model/cluster.ts'
import {DialError} from '../ports/host.ts'
import type {HttpResponse} from '../ports/http.ts'
import type {Clock} from '../ports/local.ts'
import {type Availability, availabilityOf} from './availability.ts'
import {WINDOW_SECONDS, whySpent} from './budget.ts'
import {judgeAnswer, PATIENCE_SECONDS} from './judge-answer.ts'
import type {Lost, Sample} from './sample.ts'
import {Session} from './session.ts'
import {type Asked, SomeDashboard} from './some-dashboard.ts'
import type {Vantage} from './vantage.ts'

export interface WatchOptions {
  readonly vantage: Vantage
  readonly clock: Clock
  readonly intervalMilliseconds: number
  /** The share of the requests that may be lost, from 0 to 1; undefined where what users get is only measured. */
  readonly errorBudget?: number
  /** Undefined where gha.yaml names no server admin: then nobody logs in. */
  readonly admin?: Admin
  /** A line for the operator. */
  readonly say: (text: string) => void
}

/** Enough to know how it was before; a rollout is busy with staging for about as long. */
const BASELINE_MILLISECONDS = 5000
/** How long the end is watched: what the last node does to users shows by then. */
const AFTER_MILLISECONDS = 3000

/** So many times in a row. */
const SAY_BLIND_AFTER = 10

/** The golden ratio: with plain turns a balancer that takes turns too would send each question to the same node always. */
const NEVER_IN_STEP = (Math.sqrt(5) - 1) / 2

const HEALTH: Asked = {question: 'health', path: '/api/health'}
const SESSION: Asked = {question: 'session', path: '/api/user'}
const LOGIN_PAGE: Asked = {question: 'login page', path: '/login'}

/** Asks through the balancer at a steady rate, as users do: each request on a connection of its own, never twice. */
export class Watch {
  readonly #options: WatchOptions
  readonly #session: Session | undefined
  readonly #dashboard = new SomeDashboard()
  readonly #over = new AbortController()
  readonly #started: number
  readonly #samples: Sample[] = []
  readonly #underWay = new Set<Promise<void>>()
  readonly #asking: Promise<void>
  #unseen = 0
  #saysNoLogin = false
  #blindFor = 0
  #turn = 0
  #from: number | undefined
  #to: number | undefined
  #spent: string | undefined

  constructor(options: WatchOptions) {
    const {vantage, admin, clock} = options
    this.#options = options
    this.#session = admin && new Session(vantage.ask, admin, clock)
    this.#started = clock.now()
    this.#asking = this.#askOn()
  }

  get samples(): readonly Sample[] {
    return this.#samples
  }

  get bounds(): {readonly from: number | undefined; readonly to: number | undefined} {
    return {from: this.#from, to: this.#to}
  }

  /** Why the budget is spent; undefined while it is not. Once spent it stays so. */
  spent(): string | undefined {
    return this.#spent
  }

  /** Resolves once the time before is known well enough. */
  async knowsBefore(): Promise<void> {
    const {clock} = this.#options
    await clock.sleep(Math.max(0, this.#started + BASELINE_MILLISECONDS - clock.now()))
  }

  /** The first node is touched now. */
  begin(): void {
    this.#from ??= this.#options.clock.now()
  }

  /** The last node was done at that time; what follows is told apart. */
  endedAt(time: number): void {
    this.#to = time
  }

  /** Asks on for a moment, lets what is under way come back, and logs out. */
  async stop(): Promise<Availability> {
    const {clock} = this.#options
    if (this.#to !== undefined) await clock.sleep(Math.max(0, this.#to + AFTER_MILLISECONDS - clock.now()))
    this.#over.abort()
    await this.#asking
    await Promise.all(this.#underWay)
    await this.#session?.close()
    return availabilityOf(this.#samples, this.bounds, this.#unseen)
  }

  async #askOn(): Promise<void> {
    const {clock, intervalMilliseconds, vantage} = this.#options
    for (let next = this.#started; !this.#over.signal.aborted; ) {
      if (this.#underWay.size < vantage.atOnce) this.#send()
      // After a sleeping laptop the missed turns are not made up for.
      next = Math.max(next, clock.now() - intervalMilliseconds) + intervalMilliseconds
      await clock.sleep(Math.max(0, next - clock.now()), this.#over.signal).catch(() => undefined)
    }
  }

  #send(): void {
    const asked = this.#askOnce().finally(() => this.#underWay.delete(asked))
    this.#underWay.add(asked)
  }

  async #askOnce(): Promise<void> {
    const headers = await this.#session?.headers()
    this.#sayRefused()
    const asked = this.#nextQuestion(headers !== undefined)
    const {question, path} = asked
    const at = this.#options.clock.now()
    const answer = await this.#options.vantage
      .ask({path, ...(headers && question !== 'health' ? {headers} : {})})
      .catch((error: unknown) => error)
    const milliseconds = this.#options.clock.now() - at
    if (this.#options.vantage.isBlind(answer)) return this.#sawNothing(answer)
    this.#blindFor = 0
    const lost = isAnswer(answer) ? this.#judge(asked, answer, milliseconds) : whyLost(answer)
    this.#samples.push({at, milliseconds, question, ...(lost ? {lost} : {})})
    this.#count()
  }

  #sayRefused(): void {
    if (!this.#session?.refused || this.#saysNoLogin) return
    this.#saysNoLogin = true
    this.#options.say(
      'Nobody watches logged-in users: Grafana did not take the login of its server admin through the balancer. Its health and its login page are watched.',
    )
  }

  #sawNothing(error: unknown): void {
    this.#unseen += 1
    this.#blindFor += 1
    if (this.#blindFor === SAY_BLIND_AFTER) this.#options.say(`Nobody watches what users get now: ${messageOf(error)}.`)
  }

  #judge(asked: Asked, answer: HttpResponse, milliseconds: number): Lost | undefined {
    const {question} = asked
    if (question !== 'login page') this.#session?.heard(answer)
    this.#dashboard.heard(asked, answer)
    return milliseconds > PATIENCE_SECONDS * 1000 ? 'slow' : judgeAnswer(question, answer)
  }

  #nextQuestion(loggedIn: boolean): Asked {
    const questions = loggedIn ? [HEALTH, SESSION, this.#dashboard.next()] : [HEALTH, LOGIN_PAGE]
    this.#turn += 1
    return questions[Math.floor(((this.#turn * NEVER_IN_STEP) % 1) * questions.length)] ?? HEALTH
  }

  #count(): void {
    const {clock, errorBudget: share, intervalMilliseconds, say} = this.#options
    const from = this.#from
    if (from === undefined || share === undefined || this.#spent !== undefined) return
    const begin = Math.max(from, clock.now() - WINDOW_SECONDS * 1000)
    const before = this.#samples.filter(({at}) => at < from)
    const now = this.#samples.filter(({at}) => at >= begin)
    this.#spent = whySpent({share, intervalMilliseconds}, before, now)
    if (this.#spent !== undefined) say(`Users notice: ${this.#spent}.`)
  }
}

function isAnswer(answer: unknown): answer is HttpResponse {
  return !(answer instanceof Error)
}

function whyLost(error: unknown): Lost {
  if (error instanceof DialError) return error.failure === 'timeout' ? 'slow' : 'no connection'
  return error instanceof Error && /no answer within/.test(error.message) ? 'slow' : 'cut off'
}
