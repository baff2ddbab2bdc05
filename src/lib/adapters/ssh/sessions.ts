import {setTimeout as sleep} from 'node:timers/promises'
import {COMMAND} from '../../host/travel.ts'
import {type Channel, type Connection, SessionRefused} from './connection.ts'

/** sshd allows 10 sessions a connection unless told otherwise; two stay free. */
const MOST = 8
const LONELY_ATTEMPTS = 5
const LONELY_PAUSE_MILLISECONDS = 200
/** Beyond that a waiting shell may have met `TMOUT` or a time-out of the server, which is not always seen from here. */
const FRESH_MILLISECONDS = 30_000
/** A script ends by its own deadline; a stream may stay for as long as gha runs. */
const PATIENCE_MILLISECONDS = 10_000

/** What a session is opened for. */
export type Use = 'script' | 'stream'

/** A shell that waits for its first line. */
interface Ahead {
  readonly since: number
  /** Undefined where the server refused it. */
  readonly channel: Promise<Channel | undefined>
}

/**
 * Shells on one connection that wait for a script, as many at a time as the server allows. A host that is asked again
 * gets the next one ahead: opening one takes two trips there and back, and what it runs comes over standard input.
 */
export class Sessions {
  readonly #connection: Connection
  readonly #waiting: (() => void)[] = []
  #limit = MOST
  /** Open ones, those that are being opened, and the one ahead. */
  #open = 0
  #streams = 0
  #given = 0
  #ahead: Ahead | undefined

  constructor(connection: Connection) {
    this.#connection = connection
    connection.lost.catch(() => {
      this.#open += this.#waiting.length
      for (const proceed of this.#waiting.splice(0)) proceed()
    })
  }

  /** Waits for a free session. @throws SessionRefused where the server opens none though nothing but streams is open */
  async open(use: Use = 'script'): Promise<Channel> {
    const channel = await this.#next()
    this.#given += 1
    if (use === 'stream') this.#count(channel)
    if (this.#given > 1) this.#getAhead()
    return channel
  }

  /** Before every wait it looks for a shell ahead: that one's place nobody else would free. */
  async #next(): Promise<Channel> {
    let refusals = 0
    for (;;) {
      const channel = await (this.#ahead ? this.#takeAhead(this.#ahead) : this.#another())
      if (channel === 'refused') {
        refusals += 1
        if (refusals === LONELY_ATTEMPTS) throw new SessionRefused('though nothing else is open there')
        await sleep(LONELY_PAUSE_MILLISECONDS)
      } else if (channel) {
        return channel
      }
    }
  }

  /** Undefined when others hold what the server allows: that is the limit then. `refused` when nothing else is open. */
  async #another(): Promise<Channel | 'refused' | undefined> {
    await this.#place()
    try {
      return await this.#exec()
    } catch (error) {
      const lonely = this.#open === 1
      this.#giveUp(error)
      if (!(error instanceof SessionRefused)) throw error
      return lonely ? 'refused' : undefined
    }
  }

  #getAhead(): void {
    if (this.#ahead || this.#open >= this.#limit) return
    this.#open += 1
    const channel = this.#exec().catch((error: unknown) => {
      this.#giveUp(error)
      return undefined
    })
    this.#ahead = {since: performance.now(), channel}
  }

  /** Undefined where it was refused, ended while it waited, or waited for too long. */
  async #takeAhead({since, channel}: Ahead): Promise<Channel | undefined> {
    this.#ahead = undefined
    const shell = await channel
    if (!shell || (shell.stdin.writable && performance.now() - since < FRESH_MILLISECONDS)) return shell
    shell.close()
    return undefined
  }

  /** Whoever calls it has taken a place. */
  async #exec(): Promise<Channel> {
    const channel = await this.#connection.exec(COMMAND)
    void channel.ended.then(() => this.#free())
    return channel
  }

  #giveUp(error: unknown): void {
    const others = this.#open - 1
    if (error instanceof SessionRefused && others > 0) this.#limit = Math.min(this.#limit, others)
    this.#free()
  }

  async #place(): Promise<void> {
    if (this.#open < this.#limit || !this.#connection.alive) this.#open += 1
    else await this.#turn()
  }

  async #turn(): Promise<void> {
    const {promise, resolve, reject} = Promise.withResolvers<void>()
    this.#waiting.push(resolve)
    const look = setInterval(() => {
      if (this.#streams < this.#open) return
      this.#waiting.splice(this.#waiting.indexOf(resolve), 1)
      reject(new SessionRefused(`beside ${this.#streams} of gha's streams`))
    }, PATIENCE_MILLISECONDS)
    try {
      await promise
    } finally {
      clearInterval(look)
    }
  }

  #count(stream: Channel): void {
    this.#streams += 1
    void stream.ended.then(() => {
      this.#streams -= 1
    })
  }

  /** A place goes from hand to hand, so that nobody takes it in between. */
  #free(): void {
    const next = this.#open <= this.#limit ? this.#waiting.shift() : undefined
    if (next) next()
    else this.#open -= 1
  }
}
