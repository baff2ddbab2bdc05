/** A line of Grafana's log after which the process is not what users need, although it may answer. */
export interface FatalLog {
  readonly id: string
  /** An extended regular expression that `grep -E` and JavaScript read alike. */
  readonly pattern: string
  readonly meaning: string
  /** The first version that writes it; every supported one does where it is not set. */
  readonly since?: string
}

/** A short list on purpose: a line that stands here takes the node out of the rollout. */
export const FATAL_LOGS: readonly FatalLog[] = [
  {
    id: 'crash',
    pattern: '(^|\\]: |Z )(panic|fatal error): ',
    meaning: 'the program crashed',
  },
  {
    id: 'migration-failed',
    pattern: 'Executing migration failed',
    meaning: 'a migration of the database failed',
  },
  {
    id: 'dashboards-not-provisioned',
    pattern: 'Failed to provision dashboard',
    meaning: 'the provisioned dashboards could not be read',
  },
  {
    id: 'database-read-only',
    pattern: 'cannot execute [A-Z ]+ in a read-only transaction',
    meaning: 'its database takes no writes',
  },
  {
    id: 'index-locked',
    pattern: 'index is locked by another process',
    meaning: 'another Grafana uses the same data folder',
    since: '12.4.0',
  },
]
