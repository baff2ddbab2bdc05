import {withoutSecrets} from './without-secrets.ts'

/**
 * Lines of Grafana's migrators, as logfmt or JSON: that of the schema, those of other scopes, and from 12.4 on what
 * moves data. An extended regular expression that `grep -E` and `awk` read alike.
 */
export const MIGRATOR_LINE =
  'logger"?[=:]"?(([a-z]+-)?migrator|storage[.]unified[.]migrat[a-zA-Z0-9_.-]*|migrations[.]table_locker)("|,| |$)'

/** What a migrator says. */
export interface MigratorSaid {
  /** A few, without secrets. */
  readonly words: string
  readonly as: 'progress' | 'complaint' | 'failure'
}

/** Undefined where the line says nothing that anybody waits for. */
export function readMigratorLine(line: string): MigratorSaid | undefined {
  const fields = new Map(line.trimStart().startsWith('{') ? jsonFields(line) : logfmtFields(line))
  const message = fields.get('msg')
  const level = fields.get('level') ?? fields.get('lvl') ?? ''
  if (!message || HUSHED.has(level)) return undefined
  const told = TOLD.flatMap(key => (fields.has(key) ? [`${key}=${fields.get(key)}`] : []))
  const words = withoutSecrets([message, ...(told.length > 0 ? [told.join(' ')] : [])].join(': '))
  const shown = words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words
  return {words: shown, as: kindOf(level, message)}
}

/** Whatever a failed migration says, nobody else says of it: on PostgreSQL its row goes with its transaction. */
const FAILED = /^(Executing migration|Migration)( \w+)? failed$/

function kindOf(level: string, message: string): MigratorSaid['as'] {
  if (!COMPLAINTS.has(level)) return 'progress'
  return FAILED.test(message) ? 'failure' : 'complaint'
}

const LONGEST = 240
const HUSHED: ReadonlySet<string> = new Set(['debug', 'dbug'])
const COMPLAINTS: ReadonlySet<string> = new Set(['error', 'eror', 'warn', 'crit', 'critical'])
/** No statement and no row of a table is among them. */
const TOLD = ['id', 'org_id', 'count', 'message', 'performed', 'skipped', 'duration', 'table', 'error']

type Fields = readonly (readonly [key: string, value: string])[]

/** The value in quotes may have no end where the line was cut. */
function logfmtFields(line: string): Fields {
  return [...line.matchAll(/([\w.-]+)=(?:"((?:[^"\\]|\\.)*)"?|(\S*))/g)].map(
    ([, key = '', quoted, bare = '']) =>
      [key, quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1')] as const,
  )
}

function jsonFields(line: string): Fields {
  try {
    return Object.entries(JSON.parse(line) as object).map(([key, value]) => [key, String(value)] as const)
  } catch {
    return []
  }
}
