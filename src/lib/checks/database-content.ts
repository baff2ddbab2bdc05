import {answeredDatabase, noDatabase} from './answered-database.ts'
import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

export const databaseContent = perNode({
  id: 'database/content',
  title: "the database is empty or Grafana's",
  severity: 'error',
  hint: 'Name a database of its own for Grafana in `database.name` of gha.yaml, then run `gha check --only database` again.',
  unless: noDatabase,
  fact: answeredDatabase,
  judge({content, migrationCount}) {
    if (content === 'foreign') return failed('it holds tables of another program')
    return passed(content === 'empty' ? 'it is empty' : `${migrationCount} migrations`)
  },
})
