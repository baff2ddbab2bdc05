import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

export const databaseLogin = perNode({
  id: 'database/login',
  title: 'the node logs in to the database',
  severity: 'error',
  hint: 'Correct `database` in gha.yaml, or the firewall and the access rules of the server for this node, then run `gha check --only database` again.',
  fact: ({seen}) => seen.database,
  judge(report) {
    if (report.outcome === 'answered') return passed(`version ${report.serverVersion}`)
    return failed(
      `${report.outcome}: ${report.message}`,
      report.outcome === 'authentication' ? {cause: 'authentication'} : {},
    )
  },
})
