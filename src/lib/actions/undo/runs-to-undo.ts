import type {RunStory} from '../../rollout/run-history.ts'

/** What is undone together, and what it goes back to. */
export interface Undoable {
  /** Newest first. */
  readonly runs: readonly RunStory[]
  /** Node → id of the release it had before; undefined where it had none. */
  readonly before: ReadonlyMap<string, string | undefined>
}

/**
 * The last run that swapped anything, with those before it that left the cluster mixed: it took up what they had left, and
 * only before them was the cluster whole.
 */
export function runsToUndo(stories: readonly RunStory[]): Undoable | undefined {
  const [last, ...older] = stories.filter(({swapped}) => swapped.length > 0)
  if (!last) return undefined
  const whole = older.findIndex((story, place) => leftWhole(story, older[place - 1] ?? last))
  const runs = [last, ...(whole < 0 ? older : older.slice(0, whole))]
  const before = new Map<string, string | undefined>()
  for (const {releases} of runs) for (const [node, {from}] of releases) before.set(node, from)
  return {runs, before}
}

/** After a trial that nobody confirmed every node serves; whoever does not undo it takes it as it is. */
function leftWhole({ended, trying}: RunStory, next: RunStory): boolean {
  if (ended?.result === 'done' || ended?.result === 'reverted') return true
  const tried = trying !== undefined || ended?.result === 'unconfirmed'
  return tried && next.outline?.verb !== 'undo'
}
