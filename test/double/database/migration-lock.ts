import {crc32} from 'node:zlib'
import type {Database, Session} from './database.ts'

const SALT = 1_486_364_155n

/** The key of the lock, from the name of the database. */
export function lockKey(name: string): string {
  return BigInt.asUintN(32, BigInt(crc32(name)) * SALT).toString()
}

/** True when this session got the lock; it is freed by `unlock` or by the end of the session. */
export async function tryLock(database: Database, session: Session, timeoutSeconds: number): Promise<boolean> {
  const key = lockKey(database.name)
  if (database.kind === 'postgres') return truth(await session.query(`SELECT pg_try_advisory_lock(${key}) AS got`))
  if (database.kind === 'mysql')
    return truth(await session.query('SELECT GET_LOCK(?, ?) AS got', [key, timeoutSeconds]))
  return true
}

export async function unlock(database: Database, session: Session): Promise<void> {
  const key = lockKey(database.name)
  if (database.kind === 'postgres') await session.query(`SELECT pg_advisory_unlock(${key})`)
  if (database.kind === 'mysql') await session.query('SELECT RELEASE_LOCK(?)', [key])
}

function truth(rows: readonly Readonly<Record<string, unknown>>[]): boolean {
  return Boolean(rows[0]?.['got'])
}
