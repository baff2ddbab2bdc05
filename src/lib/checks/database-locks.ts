import {answeredDatabase, noDatabase} from './answered-database.ts'
import {failed, passed, undecided} from './check.ts'
import {perNode} from './per-node.ts'

const GALERA_HINT =
  'Let every node write to the same member, and start no two Grafanas at once; gha starts them one after the other.'

export const databaseLocks = perNode({
  id: 'database/locks',
  title: 'a lock in the database keeps everybody else out',
  severity: 'error',
  hint: 'Point `database.host` of gha.yaml at PostgreSQL itself, or at a pool with `pool_mode = session`, then run `gha check --only database` again.',
  unless: noDatabase,
  fact: answeredDatabase,
  judge({pooling, galeraMembers}) {
    if (pooling === 'transaction') return failed('a pooler between lends a session for each transaction')
    if (pooling === 'unknown') return undecided('there is a pooler between, and its pool is too busy to tell its mode')
    if (galeraMembers !== undefined) {
      const members = galeraMembers === 1 ? '1 member' : `${galeraMembers} members`
      return failed(`it is a Galera cluster of ${members}, and a lock is known to one of them`, {
        severity: 'warning',
        hint: GALERA_HINT,
      })
    }
    return passed(pooling === 'session' ? 'it does, through a pooler of sessions' : 'it does')
  },
})
