import process from 'node:process'
import {INTERRUPTED_EXIT, tellInterrupted} from './say-error.ts'

interface Interrupted {
  readonly say: (text: string) => void
  /** What comes of the wish to stop at this moment: a sentence without its full stop. */
  readonly stopping: () => string
  /** What is left behind when it ends at once. */
  readonly left: () => string
  /** The command line, which may ask for what machines read. */
  readonly argv: readonly string[]
}

/**
 * The first Ctrl-C asks to stop, after the node under way where there is one; the second ends gha at once, with 130.
 * A terminal that is closed asks as well, and never ends anything at once.
 */
export function onInterrupt({say, stopping, left, argv}: Interrupted): {
  readonly requested: () => boolean
  /** What was asked so far is done: the next Ctrl-C is a first one. */
  readonly answered: () => void
  readonly over: () => void
} {
  let count = 0
  const heard = () => {
    count += 1
    if (count > 1) {
      const words = left()
      say(words)
      tellInterrupted(words, argv)
      process.exit(INTERRUPTED_EXIT)
    }
    say(`${stopping()}; press Ctrl-C again to stop at once.`)
  }
  process.on('SIGINT', heard)
  process.on('SIGTERM', heard)
  const closed = () => {
    count = Math.max(count, 1)
  }
  process.on('SIGHUP', closed)
  return {
    requested: () => count > 0,
    answered: () => {
      count = 0
    },
    over: () => {
      process.off('SIGINT', heard)
      process.off('SIGTERM', heard)
      process.off('SIGHUP', closed)
    },
  }
}
