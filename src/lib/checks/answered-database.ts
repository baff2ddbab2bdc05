import type {Observation} from '../model/observation.ts'
import {known, unknown} from '../model/observation.ts'
import type {DatabaseReport} from '../ports/database.ts'
import type {About} from './check.ts'

export type DatabaseAnswer = Extract<DatabaseReport, {outcome: 'answered'}>

/** Why there is nothing to ask it; that it does not answer is what `database/login` says. */
export function noDatabase({seen: {database}}: About): string | undefined {
  return database.known && database.value.outcome !== 'answered' ? 'the database does not answer this node' : undefined
}

/** For checks that ask more than whether the login works. */
export function answeredDatabase({seen: {database}}: About): Observation<DatabaseAnswer> {
  if (!database.known) return database
  return database.value.outcome === 'answered'
    ? known(database.value)
    : unknown('the database does not answer this node')
}
