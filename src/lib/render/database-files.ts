import {dirname} from 'node:path/posix'
import type {Database} from '../model/backing.ts'
import type {Node} from '../model/node.ts'

export interface DatabaseFiles {
  readonly ca?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
}

/** Where the database's certificates stand on the node. */
export function databaseFiles(database: Database, node: Node): DatabaseFiles {
  const folder = `${dirname(node.paths.config)}/gha-database`
  return {
    ...(database.ca === undefined ? {} : {ca: `${folder}/ca.pem`}),
    ...(database.clientCertificate === undefined ? {} : {clientCertificate: `${folder}/client.pem`}),
    ...(database.clientKey === undefined ? {} : {clientKey: `${folder}/client-key.pem`}),
  }
}
