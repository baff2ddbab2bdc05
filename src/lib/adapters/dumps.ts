import process from 'node:process'
import {GhaError} from '../errors/gha-error.ts'
import type {Database} from '../model/backing.ts'
import type {Dumps} from '../ports/dumps.ts'
import {withSession} from './database/with-session.ts'
import {poolingBetween} from './databases.ts'
import type {DumpTools} from './dumps/dump-tools.ts'
import {digestOf} from './dumps/write-archive.ts'

const APPLICATION_NAME = 'gha backup'

/** PostgreSQL and MySQL by their own client tools, which are looked for in `search`, a PATH. */
export function createDumps(search: string = process.env['PATH'] ?? ''): Dumps {
  return {
    async outlook(database, from) {
      const tools = await toolsOf(database.type)
      return withSession({database, from, as: APPLICATION_NAME}, async session => {
        if ((await poolingBetween(session, {database, from})) === 'transaction') throw pooled()
        return tools.outlook(session.client, database, search)
      })
    },
    async take(database, from, order) {
      const tools = await toolsOf(database.type)
      return withSession({database, from, as: APPLICATION_NAME}, ({client}) =>
        tools.take({client, database, from, order, search}),
      )
    },
    async readBack(type, file, signal) {
      return (await toolsOf(type)).readBack(file, search, signal)
    },
    digest: digestOf,
  }
}

async function toolsOf(type: Database['type']): Promise<DumpTools> {
  if (type === 'postgres') return (await import('./dumps/postgres.ts')).postgresTools
  return (await import('./dumps/mysql.ts')).mysqlTools
}

/** A dump sets its sessions up, with an empty search path among others: the next user of the pool would get them so. */
function pooled(): GhaError {
  return new GhaError(
    'a pooler between lends its sessions for a transaction, and a dump would leave its settings in them',
    {
      code: 'BACKUP_POOLED',
      exit: 'preflight',
      hint: 'Point `database.host` of gha.yaml at PostgreSQL itself, or at a pool with `pool_mode = session`.',
    },
  )
}
