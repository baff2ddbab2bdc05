import type {Elevation, Travel} from '../../host/travel.ts'
import type {Become} from '../../model/node.ts'
import type {Channel} from './connection.ts'

export interface DepartureOptions {
  readonly travel: Travel
  readonly become: Become
  /** Sends what follows the job on the same channel. */
  readonly follow: () => void
}

/** Sends a packed script: the opening at once, the job when the right shell reads; answers sudo in between. */
export class Departure {
  readonly #channel: Channel
  readonly #options: DepartureOptions
  #jobSent = false
  #passwordSent = false

  constructor(channel: Channel, options: DepartureOptions) {
    this.#channel = channel
    this.#options = options
    channel.stdin.on('error', () => undefined)
    channel.stdin.write(options.travel.opening)
    if (elevationOf(options.become) !== 'ask') this.#sendJob()
  }

  /** Until then nothing of the script can have run. */
  get jobSent(): boolean {
    return this.#jobSent
  }

  /** To be called whenever the shell said something outside the script. */
  look(stdout: string, stderr: string): 'wrong-password' | undefined {
    if (this.#jobSent) return undefined
    if (stdout.includes(this.#options.travel.marks.ready)) {
      this.#sendJob()
      return undefined
    }
    const asked = stderr.split(this.#options.travel.marks.prompt).length - 1
    if (asked > 1) return 'wrong-password'
    if (asked === 1) this.#sendPassword()
    return undefined
  }

  /** Once, and only after sudo asked with the word of this journey. */
  #sendPassword(): void {
    const {become} = this.#options
    if (this.#passwordSent || become.method === 'none' || !become.password) return
    this.#passwordSent = true
    this.#channel.stdin.write(`${become.password.reveal()}\n`)
  }

  #sendJob(): void {
    this.#jobSent = true
    this.#channel.stdin.write(this.#options.travel.job)
    this.#options.follow()
  }
}

export function elevationOf(become: Become): Elevation {
  if (become.method === 'none') return 'none'
  return become.password ? 'ask' : 'sudo'
}
