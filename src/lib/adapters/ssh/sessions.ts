import {setTimeout as sleep} from 'node:timers/promises'
import {type Channel, type Connection, SessionRefused} from './connection.ts'

/** sshd allows 10 sessions a connection unless told otherwise; two stay free. */
const MOST = 8
const LONELY_ATTEMPTS = 5

/** Opens commands on one connection, as many at a time as the server allows. */
export class Sessions {
  readonly #connection: Connection
  readonly #waiting: (() => void)[] = []
  #limit = MOST
  #open = 0

  constructor(connection: Connection) {
    this.#connection = connection
    connection.lost.catch(() => {
      for (const proceed of this.#waiting.splice(0)) proceed()
    })
  }

  /** Waits for a free session. A refused one lowers the limit to what stands open and waits for one of those to end. */
  async exec(command: string): Promise<Channel> {
    for (let attempt = 1; ; attempt += 1) {
      await this.#place()
      try {
        const channel = await this.#connection.exec(command)
        void channel.ended.then(() => this.#free())
        return channel
      } catch (error) {
        this.#free()
        const lonely = this.#open === 0
        if (!(error instanceof SessionRefused) || (lonely && attempt >= LONELY_ATTEMPTS)) throw error
        if (lonely) await sleep(200)
        else this.#limit = Math.max(1, Math.min(this.#limit, this.#open))
      }
    }
  }

  async #place(): Promise<void> {
    while (this.#open >= this.#limit && this.#connection.alive) {
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
    this.#open += 1
  }

  #free(): void {
    this.#open -= 1
    this.#waiting.shift()?.()
  }
}
