import {setTimeout as sleep} from 'node:timers/promises'
import type {Faults} from '../faults.ts'
import type {Log} from '../log.ts'
import type {Release} from '../release.ts'
import type {Settings} from '../settings.ts'
import {type Database, type Kind, type Session, timestamp} from './database.ts'
import {tryLock, unlock} from './migration-lock.ts'
import {type Migration, migrationsOf} from './migrations.ts'
import {moveToUnifiedStorage} from './unified-storage.ts'

export interface Migrating {
  readonly database: Database
  readonly release: Release
  readonly settings: Settings
  readonly faults: Faults
  readonly log: Log
}

const LOG_TABLE = `CREATE TABLE IF NOT EXISTS "migration_log" ("id" {id}, "migration_id" VARCHAR(255) NOT NULL,
  "sql" {text} NOT NULL, "success" BOOLEAN NOT NULL, "error" {text} NOT NULL, "timestamp" {time} NOT NULL)`

const WORDS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  postgres: {id: 'SERIAL PRIMARY KEY', text: 'TEXT', blob: 'BYTEA', time: 'TIMESTAMP', no: 'FALSE'},
  mysql: {id: 'BIGINT AUTO_INCREMENT PRIMARY KEY', text: 'MEDIUMTEXT', blob: 'BLOB', time: 'DATETIME', no: 'FALSE'},
  sqlite3: {id: 'INTEGER PRIMARY KEY AUTOINCREMENT', text: 'TEXT', blob: 'BLOB', time: 'DATETIME', no: '0'},
}

/** Brings the schema to this release, alone: who does not get the lock at once ends. */
export async function migrate(context: Migrating): Promise<void> {
  const {database, settings, log} = context
  const session = await database.session()
  const locks = settings.on('database', 'migration_locking', true)
  try {
    if (locks) await lock(context, session)
    log.info('migrator', 'Starting DB migrations')
    const started = performance.now()
    const {performed, skipped} = await migrateAll(context, session)
    const duration = `${(performance.now() - started).toFixed(3)}ms`
    log.info('migrator', 'migrations completed', {performed, skipped, duration})
    await moveToUnifiedStorage(context, session)
    if (locks) {
      log.info('migrator', 'Unlocking database')
      await unlock(database, session)
    }
  } finally {
    session.release()
  }
}

async function lock({database, settings, log}: Migrating, session: Session): Promise<void> {
  log.info('migrator', 'Locking database')
  const timeout = settings.number('database', 'locking_attempt_timeout_sec', 0)
  if (await tryLock(database, session, timeout)) return
  log.error('migrator', 'Failed to lock database', {error: 'failed to obtain lock'})
  throw new Error('failed to obtain lock')
}

async function migrateAll(context: Migrating, session: Session): Promise<{performed: number; skipped: number}> {
  const {kind} = context.database
  await session.query(inWordsOf(kind, LOG_TABLE))
  const wanted = migrationsOf(context.release)
  const done = new Set(
    (await session.query('SELECT "migration_id" FROM "migration_log" WHERE "success" = ?', [true])).map(
      row => row['migration_id'],
    ),
  )
  const missing = wanted.filter(migration => !done.has(migration.id))
  await misbehave(context, session)
  for (const migration of missing) await perform(context, session, migration)
  return {performed: missing.length, skipped: wanted.length - missing.length}
}

async function perform({database, log}: Migrating, session: Session, migration: Migration): Promise<void> {
  log.info('migrator', 'Executing migration', {id: migration.id})
  const started = performance.now()
  const statements = migration.sql.map(sql => inWordsOf(database.kind, sql))
  for (const sql of statements) await session.query(sql)
  await record(session, {id: migration.id, sql: statements.join(';\n'), error: ''})
  const duration = `${(performance.now() - started).toFixed(3)}ms`
  log.info('migrator', 'Migration successfully executed', {id: migration.id, duration})
}

/** The row of a failed migration goes with its transaction, unless the database commits with every change of a table. */
async function misbehave({faults, log, database}: Migrating, session: Session): Promise<void> {
  const seconds = faults.get('long-migration')
  if (seconds !== undefined) {
    const id = 'rewrite annotation table'
    log.info('migrator', 'Executing migration', {id})
    const until = Date.now() + seconds * 1000
    for (let row = 0; Date.now() < until; row++) {
      await record(session, {id: `${id} ${row}`, sql: 'UPDATE annotation', error: ''})
      await sleep(Math.min(1000, until - Date.now()))
    }
  }
  if (!faults.has('failed-migration')) return
  const error = 'relation "annotation_tmp" does not exist'
  if (database.kind === 'mysql') await record(session, {id: 'rename table annotation_tmp', sql: 'ALTER TABLE', error})
  log.error('migrator', 'Executing migration failed', {id: 'rename table annotation_tmp', error})
  throw new Error(`migration failed (id = rename table annotation_tmp): ${error}`)
}

async function record(session: Session, entry: {id: string; sql: string; error: string}): Promise<void> {
  await session.query(
    'INSERT INTO "migration_log" ("migration_id", "sql", "success", "error", "timestamp") VALUES (?, ?, ?, ?, ?)',
    [entry.id, entry.sql, entry.error === '', entry.error, timestamp()],
  )
}

function inWordsOf(kind: Kind, sql: string): string {
  return sql.replaceAll(/\{(\w+)\}/g, (_whole, word: string) => WORDS[kind][word] ?? word)
}
