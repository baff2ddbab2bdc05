import {GhaError} from '../errors/gha-error.ts'
import type {Clock} from '../ports/local.ts'

/** As long as a package may take, which a node that goes back by itself puts in again. */
const PATIENCE_MILLISECONDS = 600_000
const PAUSE_MILLISECONDS = 2000

interface Waiting {
  readonly clock: Clock
  /** Said once, when there is something to wait for. */
  readonly say: () => void
}

/**
 * Acts on a node as soon as no other script of gha is at work there: a dead man, or what a run that is over has left.
 * A script that met another has not begun, so it may be sent again.
 * @throws GhaError `HOST_BUSY` after ten minutes; whatever else `act` throws, at once
 */
export async function whenFree<T>(act: () => Promise<T>, {clock, say}: Waiting): Promise<T> {
  const since = clock.now()
  for (let times = 0; ; times += 1) {
    try {
      return await act()
    } catch (error) {
      const isOver = clock.now() - since >= PATIENCE_MILLISECONDS
      if (isOver || !(error instanceof GhaError && error.code === 'HOST_BUSY')) throw error
      if (times === 0) say()
      await clock.sleep(PAUSE_MILLISECONDS)
    }
  }
}
