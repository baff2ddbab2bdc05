import {GhaError} from '../../errors/gha-error.ts'
import {atVersion} from '../../model/at-version.ts'
import type {Cluster} from '../../model/cluster.ts'
import {parseVersion} from '../../model/version.ts'

/** The cluster with another Grafana version; the very same one when it is that already. */
export function wishVersion(cluster: Cluster, text: string): Cluster {
  const version = parseVersion(text)
  if (!version) {
    throw new GhaError(`${JSON.stringify(text)} is not a Grafana version`, {
      code: 'VERSION_INVALID',
      exit: 'usage',
      unchanged: 'Nothing was changed.',
      hint: 'Write it as in `--to 12.1.1`.',
    })
  }
  return atVersion(cluster, version)
}
