import {GhaError} from '../../errors/gha-error.ts'
import {formatEndpoint} from '../../model/backing.ts'
import type {Failure} from './failure.ts'
import type {Place} from './place.ts'

const HINTS: Readonly<Record<Failure['outcome'], string>> = {
  unreachable: 'Look with `gha check` which nodes reach the database, and at the network between.',
  refused: 'Nobody listens there: see whether the database runs, and at `database.host` in gha.yaml.',
  authentication: 'Correct `database.user` and `database.password` in gha.yaml, then run `gha check`.',
  tls: 'See `database.sslMode` and `database.ca` in gha.yaml, then run `gha check`.',
  'no-database': 'Create the database, or correct `database.name` in gha.yaml, then run `gha check`.',
  'no-connection':
    'End sessions that nobody needs, or raise the limit of the server or of the user, then run `gha check`.',
  error: "See the database server's own log, then run `gha check`.",
}

export function loginError(failure: Failure, place: Place): GhaError {
  return databaseError('no login to the database', failure, place)
}

/** What went wrong there after the login. */
export function questionError(failure: Failure, place: Place): GhaError {
  return databaseError('no answer to a question from the database', failure, place)
}

function databaseError(what: string, {outcome, message}: Failure, {database, from}: Place): GhaError {
  return new GhaError(`${what} ${formatEndpoint(database)} from ${from.name}: ${message}`, {
    code: `DATABASE_${outcome.toUpperCase().replace('-', '_')}`,
    exit: outcome === 'authentication' ? 'authentication' : 'preflight',
    node: from.name,
    hint: HINTS[outcome],
  })
}
