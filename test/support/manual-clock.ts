import type {Clock} from '../../src/lib/ports/local.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** A clock that only goes on when told, and wakes who sleeps in their order. */
export class ManualClock implements Clock {
  #now = 1_800_000_000_000
  #sleepers: Sleeper[] = []

  now = (): number => this.#now

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      this.#sleepers.push({at: this.#now + milliseconds, wake: resolve})
      signal?.addEventListener('abort', () => reject(signal.reason))
    })
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    await settle()
    for (;;) {
      const next = this.#sleepers.toSorted((a, b) => a.at - b.at).find(({at}) => at <= end)
      if (!next) break
      this.#sleepers = this.#sleepers.filter(sleeper => sleeper !== next)
      this.#now = Math.max(this.#now, next.at)
      next.wake()
      await settle()
    }
    this.#now = end
  }
}

/** Lets everything that waits for nothing but its turn go on. */
function settle(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
