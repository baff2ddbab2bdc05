import type {DatabaseReport} from '../../ports/database.ts'
import {DialError} from '../../ports/host.ts'
import {isTlsError} from '../dialled/secured.ts'

export type Failure = Exclude<DatabaseReport, {outcome: 'answered'}>

const BY_CODE: Readonly<Record<string, Failure['outcome']>> = {
  '28P01': 'authentication',
  '28000': 'authentication',
  '42501': 'authentication',
  '3D000': 'no-database',
  '53300': 'no-connection',
  ER_ACCESS_DENIED_ERROR: 'authentication',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'authentication',
  ER_NOT_SUPPORTED_AUTH_MODE: 'authentication',
  ER_DBACCESS_DENIED_ERROR: 'authentication',
  ER_HOST_NOT_PRIVILEGED: 'authentication',
  ER_BAD_DB_ERROR: 'no-database',
  ER_CON_COUNT_ERROR: 'no-connection',
  ER_TOO_MANY_USER_CONNECTIONS: 'no-connection',
  ER_USER_LIMIT_REACHED: 'no-connection',
  ER_SECURE_TRANSPORT_REQUIRED: 'tls',
  HANDSHAKE_NO_SSL_SUPPORT: 'tls',
  HANDSHAKE_SSL_ERROR: 'tls',
}

/** What a client library's error means to the operator. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return {outcome: 'error', message: String(error)}
  if (error instanceof DialError) {
    return {outcome: error.failure === 'refused' ? 'refused' : 'unreachable', message: error.message}
  }
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return {outcome: BY_CODE[code] ?? otherwise(error), message: error.message}
}

function otherwise(error: Error): Failure['outcome'] {
  if (/no answer within/.test(error.message)) return 'unreachable'
  return isTlsError(error) ? 'tls' : 'error'
}
