import {readFile} from 'node:fs/promises'
import type {Duplex} from 'node:stream'
import type {ConnectionOptions} from 'node:tls'
import type {Database} from '../../model/backing.ts'
import {given} from '../../model/given.ts'
import {type Identity, tlsOptions} from '../dialled/secured.ts'

/** All that a client needs to log in over a dialled stream. */
export interface Login {
  readonly database: Database
  readonly stream: Duplex
  readonly applicationName: string
  /** Undefined: no TLS. */
  readonly tls: ConnectionOptions | undefined
}

/** A logged-in client, whatever its library. */
export interface Client {
  /** The session that the server said this is, where it says so. */
  readonly announced?: number
  query(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>
  close(): Promise<void>
}

/**
 * Grafana's word for TLS as it really acts: `require` encrypts without verifying, but with a CA at hand it verifies
 * the chain, as Grafana's PostgreSQL driver does.
 */
export async function tlsOf(database: Database): Promise<ConnectionOptions | undefined> {
  const verify = VERIFY[database.type](database)
  if (verify === 'off') return undefined
  const [ca, cert, key] = await Promise.all([
    pem(database.ca),
    pem(database.clientCertificate),
    pem(database.clientKey),
  ])
  const name = database.serverCertificateName ?? database.host
  return {...tlsOptions({name, verify, ...given({ca})}), ...given({cert, key})}
}

const VERIFY: Readonly<Record<Database['type'], (database: Database) => Identity['verify'] | 'off'>> = {
  postgres({sslMode, ca}) {
    if (sslMode === 'verify-full') return 'full'
    if (sslMode === 'verify-ca') return 'chain'
    if (sslMode === 'require') return ca === undefined ? 'nothing' : 'chain'
    return 'off'
  },
  mysql({sslMode}) {
    if (sslMode === 'true') return 'full'
    return sslMode === 'skip-verify' ? 'nothing' : 'off'
  },
}

async function pem(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : readFile(file, 'utf8')
}
