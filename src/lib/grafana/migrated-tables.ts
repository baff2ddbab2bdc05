import type {Version} from '../model/version.ts'

/**
 * The tables that the migrations between two versions copy or rename, as far as they are known; undefined where nobody
 * has written down which ones they touch.
 */
export function migratedTables(from: Version, to: Version): readonly string[] | undefined {
  const crossed = MOVES.filter(({major, minor}) => isBefore(from, major, minor) && !isBefore(to, major, minor))
  return crossed.length > 0 ? [...new Set(crossed.flatMap(({tables}) => tables))] : undefined
}

const DASHBOARDS = ['dashboard', 'dashboard_version', 'dashboard_tag', 'folder', 'playlist', 'playlist_item'] as const

const MOVES = [
  {major: 12, minor: 4, tables: [...DASHBOARDS, 'resource', 'resource_history']},
  {major: 13, minor: 0, tables: [...DASHBOARDS, 'resource', 'resource_history']},
] as const

function isBefore(version: Version, major: number, minor: number): boolean {
  return version.major < major || (version.major === major && version.minor < minor)
}
