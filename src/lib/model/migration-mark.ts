import {given} from './given.ts'
import {formatVersion, parseVersion, type Version} from './version.ts'

/** That a node was let go to migrate the schema alone. It stays on the node until its new release is confirmed. */
export interface MigrationMark {
  readonly from: Version
  readonly to: Version
  /** `migration_id` of the newest row of `migration_log` before; undefined where there was none. */
  readonly newest?: string
  /** How many rows the logs of the scoped migrators had before; undefined where an older gha let it go. */
  readonly scoped?: number
}

/** What the database tells of its migrations. */
export interface Migrated {
  /** `migration_id` of the newest row of `migration_log`. */
  readonly newest?: string | undefined
  /** Rows in the logs of the scoped migrators. */
  readonly scoped?: number | undefined
}

/** Whether the schema is still what it was when the node was let go, as far as the database shows. */
export function isUntouched({newest, scoped}: MigrationMark, schema: Migrated): boolean {
  return schema.newest === newest && (scoped === undefined || schema.scoped === scoped)
}

/** `key=value` lines, so that a person can read it too. */
export function formatMigrationMark({from, to, newest, scoped}: MigrationMark): string {
  const lines = Object.entries({from: formatVersion(from), to: formatVersion(to), ...given({newest, scoped})})
  return lines.map(([key, value]) => `${key}=${value}\n`).join('')
}

/** Undefined where the text is not such a mark. */
export function parseMigrationMark(text: string): MigrationMark | undefined {
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]
  const [from, to] = [parseVersion(value('from') ?? ''), parseVersion(value('to') ?? '')]
  const [newest, count] = [value('newest'), value('scoped')]
  const scoped = count === undefined ? undefined : Number(count)
  return from && to ? {from, to, ...given({newest, scoped})} : undefined
}
