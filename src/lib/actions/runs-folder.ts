import path from 'node:path'
import type {Cluster} from '../model/cluster.ts'

/** Copies of the runs' journals lie beside gha.yaml. */
export function runsFolder(cluster: Cluster): string {
  return path.join(path.dirname(cluster.file), '.gha', cluster.name, 'runs')
}
