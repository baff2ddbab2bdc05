import type {Clock} from '../ports/local.ts'

/** What a host said is as good as asking it now for so long: as long as it takes to arm a node. */
const FRESH_MILLISECONDS = 5000

/** What each host of a balancer said last, so that none is asked again only to be told something. */
export class LastHeard<T> {
  readonly #clock: Pick<Clock, 'now'>
  readonly #heard = new Map<string, {readonly at: number; readonly said: T}>()

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  remember(host: string, said: T): void {
    this.#heard.set(host, {at: this.#clock.now(), said})
  }

  forget(host: string): void {
    this.#heard.delete(host)
  }

  /** Undefined where one of them was not heard yet. */
  of(hosts: readonly {readonly name: string}[]): Heard<T> | undefined {
    const all = hosts.flatMap(({name}) => this.#heard.get(name) ?? [])
    if (all.length < hosts.length) return undefined
    const now = this.#clock.now()
    return {
      said: all.map(({said}) => said),
      // A clock that was set back says nothing about age.
      isFresh: all.every(({at}) => now >= at && now - at < FRESH_MILLISECONDS),
    }
  }
}

export interface Heard<T> {
  /** In the order of the hosts. */
  readonly said: readonly T[]
  /** Whether all of them said it a moment ago. */
  readonly isFresh: boolean
}
