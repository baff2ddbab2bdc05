import type {Version} from '../model/version.ts'
import {crosses} from './version-steps.ts'

/**
 * The tables that the migrations between two versions copy or rename, as far as they are known; undefined where nobody
 * has written down which ones they touch.
 */
export function migratedTables(from: Version, to: Version): readonly string[] | undefined {
  const crossed = MOVES.filter(({at}) => crosses(from, to, at))
  return crossed.length > 0 ? [...new Set(crossed.flatMap(({tables}) => tables))] : undefined
}

const DASHBOARDS = ['dashboard', 'dashboard_version', 'dashboard_tag', 'folder', 'playlist', 'playlist_item'] as const

const MOVES = [
  {at: '12.4', tables: [...DASHBOARDS, 'resource', 'resource_history']},
  {at: '13.0', tables: [...DASHBOARDS, 'resource', 'resource_history']},
] as const
