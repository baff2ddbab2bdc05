import process from 'node:process'
import {GhaError} from '../errors/gha-error.ts'
import type {Database} from '../model/backing.ts'
import type {Dumps} from '../ports/dumps.ts'
import type {Host} from '../ports/host.ts'
import {failureOf} from './database/failure.ts'
import {type LoggedIn, leave, login, loginError, poolingBetween, questionError} from './databases.ts'
import type {DumpTools} from './dumps/dump-tools.ts'
import {digestOf} from './dumps/write-archive.ts'

/** PostgreSQL and MySQL by their own client tools, which are looked for in `search`, a PATH. */
export function createDumps(search: string = process.env['PATH'] ?? ''): Dumps {
  return {
    async outlook(database, from) {
      const tools = await toolsOf(database.type)
      return withSession(database, from, async session => {
        if ((await poolingBetween(session, {database, from})) === 'transaction') throw pooled()
        return tools.outlook(session.client, database, search)
      })
    },
    async take(database, from, order) {
      const tools = await toolsOf(database.type)
      return withSession(database, from, ({client}) => tools.take({client, database, from, order, search}))
    },
    async readBack(type, file, signal) {
      return (await toolsOf(type)).readBack(file, search, signal)
    },
    digest: digestOf,
  }
}

async function withSession<T>(database: Database, from: Host, work: (session: LoggedIn) => Promise<T>): Promise<T> {
  const session = await login(database, from, 'gha backup').catch(error => {
    throw isTold(error) ? error : loginError(failureOf(error), database, from)
  })
  try {
    return await work(session)
  } catch (error) {
    throw isTold(error) ? error : questionError(failureOf(error), database, from)
  } finally {
    await leave(session.client, session.stream)
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

/** What somebody stopped did not fail. */
function isTold(error: unknown): boolean {
  return error instanceof GhaError || (error instanceof Error && error.name === 'AbortError')
}
