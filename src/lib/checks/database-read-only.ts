import {answeredDatabase, noDatabase} from './answered-database.ts'
import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

export const databaseReadOnly = perNode({
  id: 'database/read-only',
  title: 'the database takes writes',
  severity: 'error',
  hint: 'Point `database.host` of gha.yaml at the primary, then run `gha check --only database` again.',
  unless: noDatabase,
  fact: answeredDatabase,
  judge: ({readOnly}) => (readOnly ? failed('it is a replica or read-only') : passed('it does')),
})
