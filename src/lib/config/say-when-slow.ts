import type {Clock} from '../ports/local.ts'

export interface Impatience {
  readonly clock: Clock
  /** Hears a line for people. */
  readonly say: (text: string) => void
}

const PATIENCE_MILLISECONDS = 2000

/** The same work; what it is, is said once it takes long. */
export async function sayWhenSlow<T>(work: Promise<T>, what: string, {clock, say}: Impatience): Promise<T> {
  const over = new AbortController()
  clock.sleep(PATIENCE_MILLISECONDS, over.signal).then(
    () => say(what),
    () => undefined,
  )
  try {
    return await work
  } finally {
    over.abort()
  }
}
