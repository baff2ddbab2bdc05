import {given} from './given.ts'
import {formatVersion, parseVersion, type Version} from './version.ts'

/** That a node was let go to migrate the schema alone. It stays on the node until its new release is confirmed. */
export interface MigrationMark {
  readonly from: Version
  readonly to: Version
  /** `migration_id` of the newest row of `migration_log` before; undefined where there was none. */
  readonly newest?: string
}

/** Whether the schema is still what it was when the node was let go, as far as the database shows. */
export function isUntouched({newest}: MigrationMark, schema: {readonly newest?: string | undefined}): boolean {
  return schema.newest === newest
}

/** `key=value` lines, so that a person can read it too. */
export function formatMigrationMark({from, to, newest}: MigrationMark): string {
  return `from=${formatVersion(from)}\nto=${formatVersion(to)}\n${newest === undefined ? '' : `newest=${newest}\n`}`
}

/** Undefined where the text is not such a mark. */
export function parseMigrationMark(text: string): MigrationMark | undefined {
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1]
  const [from, to] = [parseVersion(value('from') ?? ''), parseVersion(value('to') ?? '')]
  const newest = value('newest')
  return from && to ? {from, to, ...given({newest})} : undefined
}
