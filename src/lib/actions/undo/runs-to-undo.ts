import type {RunStory} from '../../rollout/run-stories.ts'

/** What is undone together, and what it goes back to. */
export interface Undoable {
  /** Newest first. */
  readonly runs: readonly RunStory[]
  /** Node → id of the release it had before; undefined where it had none. */
  readonly before: ReadonlyMap<string, string | undefined>
  /** Undos that have begun to go there and have not arrived, newest first. */
  readonly begun: readonly RunStory[]
}

/**
 * The last run that swapped anything, with those before it that left the cluster mixed: it took up what they had left, by
 * `--limit` too, and only before them was the cluster whole. An undo that did not arrive is no such run: the next one has the same goal.
 */
export function runsToUndo(stories: readonly RunStory[]): Undoable | undefined {
  const swapping = stories.filter(({swapped}) => swapped.length > 0)
  const from = swapping.findIndex(story => !isUnfinishedUndo(story))
  const [last, ...older] = from < 0 ? [] : swapping.slice(from)
  if (!last) return undefined
  const whole = older.findIndex((story, place) => {
    const next = older[place - 1] ?? last
    if (wasTakenUp(stories.slice(stories.indexOf(next), stories.indexOf(story)))) return true
    return leftWhole(story, next) && !(wasLimited(story) && didTheRest(last))
  })
  const runs = [last, ...(whole < 0 ? older : older.slice(0, whole))]
  const before = new Map<string, string | undefined>()
  for (const {releases} of runs) for (const [node, {from}] of releases) before.set(node, from)
  return {runs, before, begun: swapping.slice(0, from)}
}

function isUnfinishedUndo({outline, ended}: RunStory): boolean {
  return outline?.verb === 'undo' && ended?.result !== 'done'
}

/** By runs that swapped nothing, and had only to bring back what lay there already. */
function wasTakenUp([, ...between]: readonly RunStory[]): boolean {
  return between.some(({outline, ended}) => ended?.result === 'done' && !outline?.leavesPending)
}

function wasLimited({outline}: RunStory): boolean {
  return outline?.verb === 'rollout' && outline.leavesPending === true
}

function didTheRest({outline}: RunStory): boolean {
  return outline?.verb === 'rollout' && outline.leavesPending !== true
}

/** After a trial that nobody confirmed every node serves, as after a last look that failed; whoever does not undo it takes it as it is. */
function leftWhole(story: RunStory, next: RunStory): boolean {
  const {ended, trying} = story
  if (ended?.result === 'done' || ended?.result === 'reverted') return true
  const tried = trying !== undefined || ended?.result === 'unconfirmed'
  return (tried || hasArrived(story)) && next.outline?.verb !== 'undo'
}

/** Only its end is missing, or went wrong: it left nothing to take up. */
function hasArrived({outline, swapped, releases, finished, ended}: RunStory): boolean {
  const nodes = [...swapped, ...releases.keys(), ...(outline?.nodes ?? [])]
  return ended?.result !== 'failed' && nodes.every(node => finished.includes(node))
}
