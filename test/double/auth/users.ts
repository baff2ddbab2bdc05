import {createHash} from 'node:crypto'
import {type Database, type Row, timestamp} from '../database/database.ts'
import type {Log} from '../log.ts'
import type {Settings} from '../settings.ts'
import {hashPassword, newSalt} from './password.ts'

export interface User {
  readonly id: number
  readonly login: string
  readonly email: string
  readonly name: string
  readonly isAdmin: boolean
  readonly hash: string
  readonly salt: string
}

/** The first start on an empty database makes the main organisation and the administrator. */
export async function ensureFirstUser(database: Database, settings: Settings, log: Log): Promise<void> {
  if (!settings.on('database', 'ensure_default_org_and_user', true)) return
  const now = timestamp()
  if ((await database.query('SELECT "id" FROM "user" LIMIT 1')).length > 0) return
  const login = settings.or('security', 'admin_user', 'admin')
  const password = settings.or('security', 'admin_password', 'admin')
  const email = settings.or('security', 'admin_email', `${login}@localhost`)
  await database.query('INSERT INTO "org" ("name", "created", "updated") VALUES (?, ?, ?)', ['Main Org.', now, now])
  const salt = newSalt()
  await database.query(
    `INSERT INTO "user" ("login", "email", "name", "password", "salt", "rands", "org_id", "is_admin", "created", "updated")
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [login, email, '', hashPassword(password, salt), salt, newSalt(), 1, true, now, now],
  )
  await database.query(
    'INSERT INTO "org_user" ("org_id", "user_id", "role", "created", "updated") VALUES (1, 1, ?, ?, ?)',
    ['Admin', now, now],
  )
  log.info('sqlstore', 'Created default admin', {user: login})
  log.info('sqlstore', 'Created default organization')
}

export async function findUser(
  database: Database,
  by: 'id' | 'login',
  value: number | string,
): Promise<User | undefined> {
  const rows =
    by === 'id'
      ? await database.query('SELECT * FROM "user" WHERE "id" = ?', [value])
      : await database.query('SELECT * FROM "user" WHERE "login" = ? OR "email" = ?', [value, value])
  return rows[0] && userOf(rows[0])
}

export async function setPassword(database: Database, user: User, password: string): Promise<void> {
  const hash = hashPassword(password, user.salt)
  await database.query('UPDATE "user" SET "password" = ?, "updated" = ? WHERE "id" = ?', [hash, timestamp(), user.id])
}

export function gravatar(email: string): string {
  return `/avatar/${createHash('md5').update(email).digest('hex')}`
}

function userOf(row: Row): User {
  return {
    id: Number(row['id']),
    login: String(row['login']),
    email: String(row['email']),
    name: String(row['name'] ?? ''),
    isAdmin: Boolean(row['is_admin']),
    hash: String(row['password']),
    salt: String(row['salt']),
  }
}
