import {createHash, randomBytes} from 'node:crypto'
import {type Database, seconds} from '../database/database.ts'

/** Keeps the hash of a new token, made with the secret key, and gives the token for the cookie. */
export async function openSession(database: Database, secretKey: string, client: Client): Promise<string> {
  const token = randomBytes(16).toString('hex')
  const hash = tokenHash(token, secretKey)
  const now = seconds()
  await database.query(
    `INSERT INTO "user_auth_token" ("user_id", "auth_token", "prev_auth_token", "user_agent", "client_ip",
     "auth_token_seen", "seen_at", "rotated_at", "created_at", "updated_at", "revoked_at")
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [client.userId, hash, hash, client.agent.slice(0, 255), client.address, false, 0, now, now, now, 0],
  )
  return token
}

export interface Client {
  readonly userId: number
  readonly agent: string
  readonly address: string
}

/** The user of a session; none when the token is unknown, which is also what another secret key makes of it. */
export async function sessionUser(database: Database, secretKey: string, token: string): Promise<number | undefined> {
  const hash = tokenHash(token, secretKey)
  const rows = await database.query(
    `SELECT "id", "user_id", "auth_token_seen" FROM "user_auth_token"
     WHERE ("auth_token" = ? OR "prev_auth_token" = ?) AND "revoked_at" = 0`,
    [hash, hash],
  )
  const row = rows[0]
  if (!row) return undefined
  if (!row['auth_token_seen'])
    await database.query('UPDATE "user_auth_token" SET "auth_token_seen" = ?, "seen_at" = ? WHERE "id" = ?', [
      ...[true, seconds()],
      Number(row['id']),
    ])
  return Number(row['user_id'])
}

export async function closeSession(database: Database, secretKey: string, token: string): Promise<void> {
  await database.query('DELETE FROM "user_auth_token" WHERE "auth_token" = ?', [tokenHash(token, secretKey)])
}

export function tokenHash(token: string, secretKey: string): string {
  return createHash('sha256')
    .update(token + secretKey)
    .digest('hex')
}
