import type {Cluster} from '../model/cluster.ts'
import type {Files} from '../ports/local.ts'
import {runsFolder} from './runs-folder.ts'

/** The journals of the last so many runs, as they lie beside gha.yaml, the oldest first. */
export async function pastRuns(cluster: Cluster, files: Files, runs: number): Promise<readonly string[]> {
  const folder = runsFolder(cluster)
  const names = await journalNames(cluster, files)
  const bytes = await Promise.all(names.slice(-runs).map(name => files.read(`${folder}/${name}`)))
  return bytes.map(journal => new TextDecoder().decode(journal))
}

/** Of the files in that folder; they begin with the time of their run, so the oldest is first. */
export async function journalNames(cluster: Cluster, files: Files): Promise<readonly string[]> {
  return (await files.list(runsFolder(cluster))).filter(name => name.endsWith('.jsonl')).toSorted()
}
