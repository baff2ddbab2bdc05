import type {Cluster} from '../model/cluster.ts'
import type {Files} from '../ports/local.ts'
import {runsFolder} from './runs-folder.ts'

/** The journals of the last so many runs, as they lie beside gha.yaml, the oldest first. */
export async function pastRuns(cluster: Cluster, files: Files, runs: number): Promise<readonly string[]> {
  const folder = runsFolder(cluster)
  const names = (await files.list(folder)).filter(name => name.endsWith('.jsonl')).toSorted()
  const bytes = await Promise.all(names.slice(-runs).map(name => files.read(`${folder}/${name}`)))
  return bytes.map(journal => new TextDecoder().decode(journal))
}
