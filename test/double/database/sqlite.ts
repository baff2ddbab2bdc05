import {mkdirSync} from 'node:fs'
import path from 'node:path'
import type {Database, Row, Value} from './database.ts'

/** A file, so that a freshly installed package starts; `:memory:` for a database nobody else sees. */
export async function openSqlite(file: string): Promise<Database> {
  const {DatabaseSync} = await import('node:sqlite')
  if (file !== ':memory:') mkdirSync(path.dirname(file), {recursive: true})
  const handle = new DatabaseSync(file)
  const query = async (sql: string, values: readonly Value[] = []): Promise<readonly Row[]> =>
    handle
      .prepare(sql)
      .all(...values.map(bound))
      .map(plain)
  return {
    kind: 'sqlite3',
    name: 'grafana',
    query,
    session: async () => ({query, release: () => {}}),
    pool: () => ({max: 0, open: 1, idle: 0}),
    close: async () => handle.close(),
  }
}

function bound(value: Value): string | number | Uint8Array | null {
  return typeof value === 'boolean' ? Number(value) : value
}

function plain(row: object): Row {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, value instanceof Uint8Array ? Buffer.from(value) : value]),
  )
}
