import {formatVersion} from '../model/version.ts'
import {failed, passed} from './check.ts'
import {notRunning} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const grafanaHealth = perNode({
  id: 'grafana/health',
  title: 'Grafana answers and reaches its database',
  severity: 'error',
  hint: 'Read the log of Grafana on the node, and look at its database with `gha check --only database`.',
  unless: notRunning,
  fact: ({seen}) => seen.health,
  judge({status, database, version, milliseconds}) {
    if (status !== 200 || database !== 'ok') return failed(`/api/health answers ${status}, database ${database}`)
    return passed(`${version ? formatVersion(version) : 'version hidden'}, ${Math.round(milliseconds)} ms`)
  },
})
