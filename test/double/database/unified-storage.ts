import {randomUUID} from 'node:crypto'
import type {Log} from '../log.ts'
import type {Release} from '../release.ts'
import type {Settings} from '../settings.ts'
import {type Database, type Session, timestamp} from './database.ts'
import {movesOf} from './migrations.ts'

interface Moving {
  readonly database: Database
  readonly release: Release
  readonly settings: Settings
  readonly log: Log
}

/** Copies legacy tables to `resource` and renames them: from then on older nodes miss them. */
export async function moveToUnifiedStorage(context: Moving, session: Session): Promise<void> {
  for (const {table, migration, atMost} of movesOf(context.release)) {
    if (await isMoved(session, migration)) continue
    const [counted] = await session.query(`SELECT COUNT(*) AS "rows" FROM "${table}"`)
    if (Number(counted?.['rows']) > atMost) continue
    context.log.info('unifiedstorage-migrator', 'Executing migration', {id: migration})
    const count = await copy(session, table)
    context.log.info(`storage.unified.migration_runner.${table}s`, 'Migration progress', {org_id: 1, count})
    await session.query(
      'INSERT INTO "unifiedstorage_migration_log" ("migration_id", "sql", "success", "error", "timestamp") VALUES (?, ?, ?, ?, ?)',
      [migration, '', true, '', timestamp()],
    )
    if (context.settings.on('unified_storage', 'disable_legacy_table_rename')) continue
    await session.query(`ALTER TABLE "${table}" RENAME TO "${table}_legacy"`)
  }
}

export async function isMoved(session: Pick<Session, 'query'>, migration: string): Promise<boolean> {
  const rows = await session.query('SELECT "id" FROM "unifiedstorage_migration_log" WHERE "migration_id" = ?', [
    migration,
  ])
  return rows.length > 0
}

async function copy(session: Session, table: string): Promise<number> {
  const rows = await session.query(`SELECT * FROM "${table}"`)
  for (const row of rows) {
    await session.query(
      'INSERT INTO "resource" ("guid", "group", "resource", "namespace", "name", "value") VALUES (?, ?, ?, ?, ?, ?)',
      [randomUUID(), `${table}.grafana.app`, `${table}s`, 'default', String(row['uid']), JSON.stringify(row)],
    )
  }
  return rows.length
}
