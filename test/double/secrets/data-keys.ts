import {randomBytes, randomUUID} from 'node:crypto'
import {type Database, timestamp} from '../database/database.ts'
import type {Telemetry} from '../telemetry.ts'
import {decrypt, encrypt, seal, unseal} from './envelope.ts'

const PROVIDER = 'secretKey.v1'

/** Encrypts and decrypts with the data keys of the database, which the secret key of this node opens. */
export class DataKeys {
  private readonly database: Database
  private readonly secretKey: string
  private readonly telemetry: Telemetry
  private readonly opened = new Map<string, Buffer>()

  constructor(database: Database, secretKey: string, telemetry: Telemetry) {
    this.database = database
    this.secretKey = secretKey
    this.telemetry = telemetry
  }

  async encrypt(plain: string): Promise<Buffer> {
    this.telemetry.encryption.encrypt++
    return seal(Buffer.from(plain), await this.keyOfToday())
  }

  async decrypt(payload: Buffer): Promise<string> {
    const {keyId, inner} = unseal(payload)
    this.telemetry.encryption.decrypt++
    const secret = keyId === undefined ? this.secretKey : await this.open(keyId)
    return decrypt(inner, secret).toString()
  }

  private async keyOfToday(): Promise<{id: string; dek: Buffer}> {
    const label = `${new Date().toISOString().slice(0, 10)}/root@${PROVIDER}`
    const rows = await this.database.query('SELECT "name" FROM "data_keys" WHERE "label" = ? AND "active" = ?', [
      ...[label, true],
    ])
    const known = rows[0]?.['name']
    if (known !== undefined) return {id: String(known), dek: await this.open(String(known))}
    const [id, dek] = [randomUUID(), randomBytes(16)]
    const now = timestamp()
    await this.database.query(
      `INSERT INTO "data_keys" ("name", "label", "active", "scope", "provider", "encrypted_data", "created", "updated")
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [id, label, true, 'root', PROVIDER, encrypt(dek, this.secretKey), now, now],
    )
    return {id, dek}
  }

  private async open(id: string): Promise<Buffer> {
    const known = this.opened.get(id)
    if (known) return known
    const rows = await this.database.query('SELECT "encrypted_data" FROM "data_keys" WHERE "name" = ?', [id])
    const data = rows[0]?.['encrypted_data']
    if (!Buffer.isBuffer(data)) throw new Error('failed to lookup data key by id')
    const dek = decrypt(data, this.secretKey)
    this.opened.set(id, dek)
    return dek
  }
}
