import type {Cluster} from './cluster.ts'
import {sameVersion, type Version} from './version.ts'

/** The cluster with another Grafana version; the very same one when it is that already. */
export function atVersion(cluster: Cluster, version: Version): Cluster {
  return sameVersion(version, cluster.grafana.version) ? cluster : {...cluster, grafana: {...cluster.grafana, version}}
}
