import {pbkdf2Sync, randomBytes, timingSafeEqual} from 'node:crypto'

const ROUNDS = 10_000
const LENGTH = 50

/** The hash that the `user` table holds. */
export function hashPassword(password: string, salt: string): string {
  return pbkdf2Sync(password, salt, ROUNDS, LENGTH, 'sha256').toString('hex')
}

export function isPassword(password: string, hash: string, salt: string): boolean {
  return timingSafeEqual(Buffer.from(hashPassword(password, salt)), Buffer.from(hash.padEnd(LENGTH * 2)))
}

export function newSalt(): string {
  return randomBytes(8).toString('base64url').slice(0, 10)
}
