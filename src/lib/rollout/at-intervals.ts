import type {Clock} from '../ports/local.ts'

interface Repeated {
  readonly milliseconds: number
  readonly goesOn: () => boolean
  readonly act: () => Promise<void>
}

/** Acts after each pause, as long as it goes on. What is returned ends it, and resolves once nothing is under way. */
export function atIntervals(clock: Clock, {milliseconds, goesOn, act}: Repeated): () => Promise<void> {
  const over = new AbortController()
  const acting = (async () => {
    while (!over.signal.aborted && goesOn()) {
      await clock.sleep(milliseconds, over.signal).catch(() => undefined)
      if (!over.signal.aborted) await act()
    }
  })()
  return async () => {
    over.abort()
    await acting
  }
}
