import type {RunStory} from '../../rollout/run-history.ts'

/** What is undone together, and what it goes back to. */
export interface Undoable {
  /** Newest first. */
  readonly runs: readonly RunStory[]
  /** Node → id of the release it had before; undefined where it had none. */
  readonly before: ReadonlyMap<string, string | undefined>
}

/**
 * The last run that swapped anything, with those before it that were not finished: it took up what they had left, and
 * only before them was the cluster whole.
 */
export function runsToUndo(stories: readonly RunStory[]): Undoable | undefined {
  const [last, ...older] = stories.filter(({swapped}) => swapped.length > 0)
  if (!last) return undefined
  const finished = older.findIndex(({ended}) => ended?.result === 'done' || ended?.result === 'reverted')
  const runs = [last, ...(finished < 0 ? older : older.slice(0, finished))]
  const before = new Map<string, string | undefined>()
  for (const {releases} of runs) for (const [node, {from}] of releases) before.set(node, from)
  return {runs, before}
}
