import {setTimeout as sleep} from 'node:timers/promises'
import {COMMAND} from '../../host/travel.ts'
import {type Channel, type Connection, SessionRefused} from './connection.ts'

/** sshd allows 10 sessions a connection unless told otherwise; two stay free. */
const MOST = 8
const LONELY_ATTEMPTS = 5

/**
 * Shells on one connection that wait for a script, as many at a time as the server allows. A host that is asked again
 * gets the next one ahead: opening one takes two trips there and back, and what it runs comes over standard input.
 */
export class Sessions {
  readonly #connection: Connection
  readonly #waiting: (() => void)[] = []
  #limit = MOST
  #open = 0
  #asked = 0
  #ahead: Promise<Channel | undefined> | undefined

  constructor(connection: Connection) {
    this.#connection = connection
    connection.lost.catch(() => {
      for (const proceed of this.#waiting.splice(0)) proceed()
    })
  }

  /** Waits for a free session. A refused one lowers the limit to what stands open and waits for one of those to end. */
  async open(): Promise<Channel> {
    const channel = await this.#next()
    this.#asked += 1
    if (this.#asked > 1) this.#getAhead()
    return channel
  }

  /** Looks at what stands ready before every wait: nobody else would end it. */
  async #next(): Promise<Channel> {
    for (let refusals = 0; ; ) {
      const found = await (this.#ahead ? this.#takeAhead() : this.#another())
      if (!(found instanceof SessionRefused)) {
        if (found) return found
        continue
      }
      refusals += 1
      if (refusals === LONELY_ATTEMPTS) throw found
      await sleep(200)
    }
  }

  /** Undefined when others hold what the server allows; a refusal when nothing else stands open. */
  async #another(): Promise<Channel | SessionRefused | undefined> {
    await this.#place()
    try {
      return await this.#exec()
    } catch (error) {
      const lonely = this.#open === 1
      this.#giveUp(error)
      if (!(error instanceof SessionRefused)) throw error
      return lonely ? error : undefined
    }
  }

  #getAhead(): void {
    if (this.#ahead || this.#open >= this.#limit) return
    this.#open += 1
    this.#ahead = this.#exec().catch((error: unknown) => {
      this.#giveUp(error)
      return undefined
    })
  }

  /** Not one that the server ended while it waited. */
  async #takeAhead(): Promise<Channel | undefined> {
    const ahead = this.#ahead
    this.#ahead = undefined
    const channel = await ahead
    if (!channel || channel.stdin.writable) return channel
    channel.stdout.resume()
    channel.stderr.resume()
    channel.close()
    return undefined
  }

  /** In a place that was taken for it. */
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
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  /** A place goes from hand to hand, so that nobody takes it in between. */
  #free(): void {
    const next = this.#open <= this.#limit ? this.#waiting.shift() : undefined
    if (next) next()
    else this.#open -= 1
  }
}
