import type {Cluster} from '../../model/cluster.ts'
import type {Files} from '../../ports/local.ts'
import {type RunStory, runStories} from '../../rollout/run-stories.ts'
import {journalNames} from '../past-runs.ts'
import {runsFolder} from '../runs-folder.ts'
import {runsToUndo} from '../undo/runs-to-undo.ts'

/** How many journals stay beside gha.yaml, with the one of the run that begins. */
const RUNS = 50

/** Makes room for another journal beside gha.yaml. A run without an end stays, and so does what an undo starts from. */
export async function pruneJournals(cluster: Cluster, files: Files): Promise<void> {
  const folder = runsFolder(cluster)
  const names = await journalNames(cluster, files)
  const old = names.slice(0, 1 - RUNS)
  if (old.length === 0) return
  // One that cannot be read has no end that is known of.
  const texts = await Promise.all(names.map(name => files.read(`${folder}/${name}`).catch(() => undefined)))
  const over = new Set(pastUse(runStories(texts.map(bytes => new TextDecoder().decode(bytes)))))
  const gone = old.filter(name => over.has(name.slice(0, -'.jsonl'.length)))
  // What stays takes room and harms nobody; a disk that takes nothing is told of with the new one.
  await Promise.allSettled(gone.map(name => files.remove(`${folder}/${name}`)))
}

/** Ids of runs that nobody asks for any more. */
function pastUse(stories: readonly RunStory[]): readonly string[] {
  const undone = new Set(runsToUndo(stories)?.runs.map(({run}) => run))
  return stories.flatMap(({run, ended}) => (ended && !undone.has(run) ? [run] : []))
}
