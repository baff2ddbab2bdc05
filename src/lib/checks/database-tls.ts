import {answeredDatabase, noDatabase} from './answered-database.ts'
import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

export const databaseTls = perNode({
  id: 'database/tls',
  title: 'the connection to the database is encrypted as wished',
  severity: 'error',
  hint: 'Set up TLS on the database server, or correct `database.sslMode` in gha.yaml, then run `gha check --only database` again.',
  unless: about =>
    /^(disable|false)$/.test(about.cluster.database.sslMode)
      ? `gha.yaml says sslMode ${about.cluster.database.sslMode}`
      : noDatabase(about),
  fact: answeredDatabase,
  judge: ({encrypted}) => (encrypted ? passed('it is') : failed('it is not')),
})
