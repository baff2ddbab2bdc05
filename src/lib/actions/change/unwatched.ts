import type {Cluster} from '../../model/cluster.ts'

/** The same wish, with nobody to watch users. */
export function unwatched(cluster: Cluster): Cluster {
  const {probe: _, ...rollout} = cluster.rollout
  return {...cluster, rollout}
}
