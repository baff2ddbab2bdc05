import {answeredDatabase, noDatabase} from './answered-database.ts'
import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

/** Grafana asks its database dozens of times for one page. */
const MAX_MILLISECONDS = 200
const NOTABLE_MILLISECONDS = 50

export const databaseLatency = perNode({
  id: 'database/latency',
  title: 'the database is near',
  severity: 'error',
  hint: 'Bring the node and the database closer together, or look for load on either, then run `gha check --only database` again.',
  unless: noDatabase,
  fact: answeredDatabase,
  judge({latencyMilliseconds}) {
    const detail = `${latencyMilliseconds.toFixed(1)} ms`
    if (latencyMilliseconds > MAX_MILLISECONDS) return failed(`${detail}, limit ${MAX_MILLISECONDS} ms`)
    return latencyMilliseconds > NOTABLE_MILLISECONDS ? failed(detail, {severity: 'warning'}) : passed(detail)
  },
})
