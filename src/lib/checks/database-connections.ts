import {answeredDatabase, noDatabase} from './answered-database.ts'
import {failed, passed, undecided} from './check.ts'
import {perNode} from './per-node.ts'

/** For operators, backups and other programs. */
const RESERVED = 10

export const databaseConnections = perNode({
  id: 'database/connections',
  title: 'the database has a connection for every node that may open one',
  severity: 'warning',
  hint: 'Lower `database.maxOpenConnections` in gha.yaml, or raise the limit of the server.',
  unless: about =>
    about.cluster.database.maxOpenConnections === undefined ? 'gha.yaml sets no maxOpenConnections' : noDatabase(about),
  fact: answeredDatabase,
  judge({maxConnections}, {cluster}) {
    if (maxConnections === undefined) return undecided('the server does not tell its limit')
    const wanted = (cluster.database.maxOpenConnections ?? 0) * cluster.nodes.length
    const detail = `${wanted} at most, the server allows ${maxConnections}`
    return wanted > maxConnections - RESERVED ? failed(detail) : passed(detail)
  },
})
