import {type Database, seconds} from '../database/database.ts'
import type {Settings} from '../settings.ts'

const MOST_FAILURES = 5
const WINDOW_SECONDS = 300

/** True when so many logins of this name failed lately that even the right password is refused. */
export async function isBlocked(database: Database, settings: Settings, login: string): Promise<boolean> {
  if (settings.on('security', 'disable_brute_force_login_protection')) return false
  const rows = await database.query(
    'SELECT COUNT(*) AS "failures" FROM "login_attempt" WHERE "username" = ? AND "created" >= ?',
    [login.toLowerCase(), seconds() - WINDOW_SECONDS],
  )
  return Number(rows[0]?.['failures']) >= MOST_FAILURES
}

export async function recordFailure(database: Database, login: string, address: string): Promise<void> {
  await database.query('INSERT INTO "login_attempt" ("username", "ip_address", "created") VALUES (?, ?, ?)', [
    ...[login.toLowerCase(), address],
    seconds(),
  ])
}
