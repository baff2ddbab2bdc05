import {setTimeout as sleep} from 'node:timers/promises'

type Look<T> = T | false | undefined

/** Looks until there is something to see, and gives it back; throws at the limit. */
export async function eventually<T>(what: string, limitMs: number, look: () => Look<T> | Promise<Look<T>>): Promise<T> {
  const until = Date.now() + limitMs
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    if (Date.now() > until) throw new Error(`${what}: not within ${limitMs / 1000} s`)
    await sleep(30)
  }
}
