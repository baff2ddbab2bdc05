import type {Cluster} from '../../model/cluster.ts'
import type {Files} from '../../ports/local.ts'
import {runsFolder} from '../runs-folder.ts'

/** Older ones tell of other machines and other sizes. */
const RUNS = 20

/** The journals of the last runs, as they lie beside gha.yaml. */
export async function pastRuns(cluster: Cluster, files: Files): Promise<readonly string[]> {
  const folder = runsFolder(cluster)
  const names = (await files.list(folder)).filter(name => name.endsWith('.jsonl')).toSorted()
  const bytes = await Promise.all(names.slice(-RUNS).map(name => files.read(`${folder}/${name}`)))
  return bytes.map(journal => new TextDecoder().decode(journal))
}
