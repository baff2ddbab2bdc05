import {createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes} from 'node:crypto'

const ROUNDS = 10_000
const KEY_BYTES = 32
const SALT_BYTES = 8
const IV_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** `*` algorithm `*` salt, initialisation vector, ciphertext. */
export function encrypt(plain: Buffer, secret: string | Buffer): Buffer {
  const salt = randomBytes(SALT_BYTES)
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-cfb', keyOf(secret, salt), iv)
  const head = Buffer.from(`*${rawStd(Buffer.from('aes-cfb'))}*`)
  return Buffer.concat([head, salt, iv, cipher.update(plain), cipher.final()])
}

export function decrypt(payload: Buffer, secret: string | Buffer): Buffer {
  const {algorithm, body} = splitAlgorithm(payload)
  const key = keyOf(secret, body.subarray(0, SALT_BYTES))
  const rest = body.subarray(SALT_BYTES)
  if (algorithm === 'aes-gcm') return decryptGcm(rest, key)
  if (algorithm !== 'aes-cfb') throw new Error(`unsupported encryption algorithm ${algorithm}`)
  const decipher = createDecipheriv('aes-256-cfb', key, rest.subarray(0, IV_BYTES))
  return Buffer.concat([decipher.update(rest.subarray(IV_BYTES)), decipher.final()])
}

/** `#` id of the data key `#` and what that key encrypted. */
export function seal(plain: Buffer, key: {readonly id: string; readonly dek: Buffer}): Buffer {
  return Buffer.concat([Buffer.from(`#${rawStd(Buffer.from(key.id))}#`), encrypt(plain, key.dek)])
}

/** The id of the data key, and the part that it encrypted; no id for values from before envelopes. */
export function unseal(payload: Buffer): {readonly keyId: string | undefined; readonly inner: Buffer} {
  if (payload[0] !== 0x23) return {keyId: undefined, inner: payload}
  const end = payload.indexOf('#', 1)
  return {
    keyId: Buffer.from(payload.subarray(1, end).toString(), 'base64').toString(),
    inner: payload.subarray(end + 1),
  }
}

export function rawStd(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

function splitAlgorithm(payload: Buffer): {algorithm: string; body: Buffer} {
  if (payload[0] !== 0x2a) return {algorithm: 'aes-cfb', body: payload}
  const end = payload.indexOf('*', 1)
  const algorithm = Buffer.from(payload.subarray(1, end).toString(), 'base64').toString()
  return {algorithm: algorithm || 'aes-cfb', body: payload.subarray(end + 1)}
}

function decryptGcm(rest: Buffer, key: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, rest.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(rest.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(rest.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
}

function keyOf(secret: string | Buffer, salt: Buffer): Buffer {
  return pbkdf2Sync(secret, salt, ROUNDS, KEY_BYTES, 'sha256')
}
