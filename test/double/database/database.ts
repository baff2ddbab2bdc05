export type Row = Readonly<Record<string, unknown>>
export type Value = string | number | boolean | Buffer | null
export type Kind = 'postgres' | 'mysql' | 'sqlite3'

/** One connection of its own: what holds a session-level lock. */
export interface Session {
  readonly query: (sql: string, values?: readonly Value[]) => Promise<readonly Row[]>
  readonly release: () => void
}

/** SQL with `?` for values and double quotes around names, whatever the server. */
export interface Database extends Omit<Session, 'release'> {
  readonly kind: Kind
  /** The name of the database as the migration lock sees it. */
  readonly name: string
  readonly session: () => Promise<Session>
  readonly pool: () => {readonly max: number; readonly open: number; readonly idle: number}
  readonly close: () => Promise<void>
}

/** A moment as all three servers take it. */
export function timestamp(date = new Date()): string {
  return date.toISOString().slice(0, 19).replace('T', ' ')
}

export function seconds(): number {
  return Math.floor(Date.now() / 1000)
}
