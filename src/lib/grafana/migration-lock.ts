import {crc32} from 'node:zlib'

const SALT = 1486364155
const MODULUS = 2 ** 32

/** The key under which Grafana locks its migrations, as decimal text: a PostgreSQL advisory lock, a name for MySQL's GET_LOCK. */
export function migrationLockKey(type: 'postgres' | 'mysql', databaseName: string): string {
  const name = type === 'postgres' ? (/\w+/.exec(databaseName)?.[0] ?? databaseName) : databaseName
  return String((BigInt(crc32(name)) * BigInt(SALT)) % BigInt(MODULUS))
}
