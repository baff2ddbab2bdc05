import type {Cluster} from '../model/cluster.ts'
import type {Files} from '../ports/local.ts'
import {runsFolder} from './runs-folder.ts'

/** The journals of the last so many runs, as they lie beside gha.yaml, the oldest first; without those of somebody else that are not for us. */
export async function pastRuns(cluster: Cluster, files: Files, runs: number): Promise<readonly string[]> {
  const folder = runsFolder(cluster)
  const names = await journalNames(cluster, files)
  // The nodes have them too: whoever wants to stop a run, or to begin one, need not read them here.
  const bytes = await Promise.all(
    names.slice(-runs).map(name => files.read(`${folder}/${name}`).catch(() => undefined)),
  )
  return bytes.flatMap(journal => (journal ? [new TextDecoder().decode(journal)] : []))
}

/** Of the files in that folder; they begin with the time of their run, so the oldest is first; none where they are not for us. */
export async function journalNames(cluster: Cluster, files: Files): Promise<readonly string[]> {
  const names = await files.list(runsFolder(cluster)).catch(() => [])
  return names.filter(name => name.endsWith('.jsonl')).toSorted()
}
