import path from 'node:path'
import type {Faults} from '../faults.ts'
import type {Settings} from '../settings.ts'
import type {Database} from './database.ts'
import {openMysql} from './mysql.ts'
import {openPostgres} from './postgres.ts'
import {openSqlite} from './sqlite.ts'
import {databaseTarget} from './target.ts'

/** Connects and asks once: a server that does not answer or refuses ends the start. */
export async function openDatabase(settings: Settings, faults: Faults): Promise<Database> {
  const target = databaseTarget(settings)
  if (faults.has('wrong-db')) return openSqlite(':memory:')
  switch (target.type) {
    case 'postgres':
      return openPostgres(target)
    case 'mysql':
      return openMysql(target)
    case 'sqlite3':
      return openSqlite(path.resolve(settings.path('data'), target.path))
    default:
      throw new Error(`unknown database type: ${target.type}`)
  }
}
