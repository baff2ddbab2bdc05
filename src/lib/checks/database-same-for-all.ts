import {answeredDatabase, type DatabaseAnswer} from './answered-database.ts'
import {type Check, eachNode, failed, type Judged, passed, skipped, undecided, type Verdict} from './check.ts'

/** Between the first and the last node's answer of one look. */
const MAX_APART_MILLISECONDS = 60_000

export const databaseSameForAll: Check = {
  id: 'database/same-for-all',
  title: 'all nodes reach the same database',
  severity: 'error',
  hint: 'Compare how the nodes resolve `database.host` of gha.yaml (`getent hosts NAME`), then run `gha check --only database` again.',
  judge: judged => [judgeAnswers(judged)],
}

function judgeAnswers(judged: Judged): Verdict {
  const answers = eachNode(judged).flatMap(about => {
    const report = answeredDatabase(about)
    return report.known ? [{node: about.node.name, report: report.value}] : []
  })
  const [first, ...others] = answers
  if (!first || others.length === 0) {
    return judged.cluster.nodes.length === 1 ? skipped('there is one node') : undecided('fewer than two nodes reach it')
  }
  const different = others.filter(({report}) => !isSame(first.report, report)).map(({node}) => node)
  if (different.length > 0)
    return failed(`${different.join(', ')} ${different.length === 1 ? 'sees' : 'see'} another one than ${first.node}`)
  const silent = judged.cluster.nodes.length - answers.length
  return silent > 0 ? undecided(`${silent} of ${judged.cluster.nodes.length} nodes do not reach it`) : passed('they do')
}

function isSame(a: DatabaseAnswer, b: DatabaseAnswer): boolean {
  return (
    a.serverVersion === b.serverVersion &&
    a.content === b.content &&
    a.newestMigration === b.newestMigration &&
    a.maxConnections === b.maxConnections &&
    Math.abs(a.serverTimeMilliseconds - b.serverTimeMilliseconds) < MAX_APART_MILLISECONDS
  )
}
