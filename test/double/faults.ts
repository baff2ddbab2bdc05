import {readFileSync} from 'node:fs'
import path from 'node:path'

/** Everything this server can do wrong on demand. A number after `=` replaces the default. */
export const FAULTS = {
  'crash-at-boot': {does: 'ends with status 1 before it reads the database', default: 0},
  'die-after': {does: 'ends with status 1 so many seconds after it listens', default: 20},
  'wrong-version': {does: 'answers health and metrics with another version', default: 0},
  'never-in-mesh': {does: 'neither listens nor calls on the alerting port', default: 0},
  'slow-health': {does: 'answers /api/health after so many seconds', default: 6},
  'failing-health': {does: 'answers /api/health with 503', default: 0},
  'long-migration': {does: 'spends so many seconds in one migration, holding the lock', default: 30},
  'failed-migration': {does: 'fails in one migration and ends with status 1', default: 0},
  'login-broken': {does: 'answers every POST /login with 500', default: 0},
  'search-broken': {does: 'answers every search and every dashboard with 500', default: 0},
  'wrong-db': {does: 'works on an empty database of its own instead of the configured one', default: 0},
  'no-plugins': {does: 'loads none of the installed plugins', default: 0},
  'deaf-mesh': {does: 'counts its peers in the alerting mesh, and hears nothing from them any more', default: 0},
  'fatal-line': {does: 'writes that it cannot provision the dashboards, and answers as ever', default: 0},
  'slow-stop': {does: 'takes so many seconds more to stop', default: 60},
} as const

export type FaultName = keyof typeof FAULTS

export interface Faults {
  /** The number of the fault when it is on, undefined otherwise. */
  readonly get: (name: FaultName) => number | undefined
  readonly has: (name: FaultName) => boolean
}

/** Names from DOUBLE_FAULT and from `<homepath>/conf/fault`, split at blanks and commas. */
export function readFaults(homepath: string, env: Readonly<Record<string, string | undefined>> = process.env): Faults {
  const active = new Map<FaultName, number>()
  const words = `${env['DOUBLE_FAULT'] ?? ''} ${content(path.join(homepath, 'conf', 'fault'))}`.split(/[\s,]+/)
  for (const word of words.filter(Boolean)) {
    const [, name = '', number] = /^(.*?)(?:[=-](\d+)s?)?$/.exec(word) ?? []
    if (!(name in FAULTS)) throw new Error(`unknown fault ${word}; known are ${Object.keys(FAULTS).join(', ')}`)
    const fault = name as FaultName
    active.set(fault, number === undefined ? FAULTS[fault].default : Number(number))
  }
  return {get: name => active.get(name), has: name => active.has(name)}
}

function content(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
