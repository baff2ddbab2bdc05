import {defaultKeys} from '../../grafana/key-names.ts'
import {isSecretKey, readSince} from '../../grafana/settings.ts'
import {valueProblems} from '../../grafana/value-problems.ts'
import {mergeSettings, type Settings} from '../../model/settings.ts'
import {isAtLeast, parseVersion, type Version} from '../../model/version.ts'
import {isMap, listAt, textAt, valueAt} from '../at.ts'
import {settingValue} from '../build/settings.ts'
import {nearest} from '../nearest.ts'
import type {Diagnostic, Path} from '../problem.ts'
import {looksLikeReference} from '../reference.ts'
import type {Secrets} from '../resolve-secrets.ts'
import type {CrossInput} from './cross-input.ts'

interface PlacedSetting {
  readonly path: Path
  readonly section: string
  readonly key: string
  readonly value: unknown
}

/** Settings that have their own place in gha.yaml, cannot reach Grafana, or hardly mean what they say. */
export function checkSettings({root, secrets}: CrossInput) {
  const cluster = settingsAt(root, ['grafana', 'settings'])
  const nodes = listAt(root, ['nodes']).map((_, index) => settingsAt(root, ['nodes', index, 'settings']))
  const all = [...cluster, ...nodes.flat()]
  const version = parseVersion(textAt(root, ['grafana', 'version']) ?? '')
  return {
    problems: [
      ...all.flatMap(setting => [...elsewhere(setting), ...port(setting)]),
      ...unwritable(cluster, [], secrets),
      ...nodes.flatMap(own => unwritable(own, cluster, secrets)),
    ],
    warnings: all.flatMap(setting => [
      ...expansion(setting),
      ...clearText(setting, secrets),
      ...unknown(setting),
      ...(version ? tooNew(setting, version) : []),
    ]),
  }
}

function settingsAt(root: unknown, place: Path): readonly PlacedSetting[] {
  return entries(valueAt(root, place)).flatMap(([section, keys]) =>
    entries(keys).map(([key, value]) => ({
      path: [...place, section, key],
      section: section === 'DEFAULT' ? '' : section,
      key,
      value,
    })),
  )
}

function entries(value: unknown): readonly [string, unknown][] {
  return isMap(value) ? Object.entries(value) : []
}

/** What gha itself acts by: two answers would let it talk to something else than Grafana does. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'security/secret_key': 'grafana.secretKey',
  'secrets_manager.encryption.secret_key.v1/secret_key': 'grafana.secretsManagerKey',
  'server/root_url': 'grafana.rootUrl',
  'database/type': 'database.type',
  'database/host': 'database.host',
  'database/name': 'database.name',
  'database/user': 'database.user',
  'database/password': 'database.password',
  'database/url': 'database',
  'database/connection_string': 'database',
  'database/path': 'database',
  'paths/data': 'paths.data',
  'paths/logs': 'paths.logs',
  'paths/plugins': 'paths.plugins',
  'paths/provisioning': 'paths.provisioning',
}

function elsewhere({path, section, key}: PlacedSetting): readonly Diagnostic[] {
  const place = ELSEWHERE[`${section}/${key}`]
  return place === undefined ? [] : [{path, at: 'key', text: `has its own place in gha.yaml: write ${place}`}]
}

function port({path, section, key, value}: PlacedSetting): readonly Diagnostic[] {
  if (section !== 'server' || key !== 'http_port') return []
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value))
  const number = isNumber ? Number(value) : Number.NaN
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return []
  return [{path, text: 'must be a port, from 1 to 65535'}]
}

/** What Grafana would not read as it is meant, seen together with the settings it stands on. */
function unwritable(
  own: readonly PlacedSetting[],
  below: readonly PlacedSetting[],
  secrets: Secrets,
): readonly Diagnostic[] {
  const merged = mergeSettings(asSettings(below, secrets), asSettings(own, secrets))
  return valueProblems(merged).flatMap(({section, key, reason}) => {
    const setting = own.find(placed => placed.section === section && placed.key === key)
    return setting ? [{path: setting.path, text: `cannot be written to grafana.ini: ${reason}`}] : []
  })
}

function asSettings(placed: readonly PlacedSetting[], secrets: Secrets): Settings {
  const layers = placed.flatMap(({path, section, key, value}): Settings[] => {
    const secret = secrets.get(path.join('/'))
    if (secret) return [{[section]: {[key]: {kind: 'secret', secret}}}]
    return isScalar(value) ? [{[section]: {[key]: settingValue({section, key, value})}}] : []
  })
  return mergeSettings(...layers)
}

function isScalar(value: unknown): value is string | number | boolean | {readonly raw: string} {
  return ['string', 'number', 'boolean'].includes(typeof value) || (isMap(value) && typeof value['raw'] === 'string')
}

function expansion({path, value}: PlacedSetting): readonly Diagnostic[] {
  if (typeof value !== 'string' || !(looksLikeReference(value) || /\$__\w+\{/.test(value))) return []
  if (/^\$\{(?:env|file|cmd):/.test(value.trim())) return []
  return [{path, text: 'is taken literally: write { raw: "…" } where Grafana is to expand it'}]
}

function clearText({path, section, key, value}: PlacedSetting, secrets: Secrets): readonly Diagnostic[] {
  const plain = typeof value === 'string' && value !== '' && !secrets.has(path.join('/'))
  if (!plain || !isSecretKey(section, key)) return []
  return [{path, text: 'this secret stands in clear text: move it to a file and write ${file:./path}'}]
}

/** Grafana ignores what it does not know; only a near miss is surely a slip. */
function unknown({path, section, key}: PlacedSetting): readonly Diagnostic[] {
  const sections = defaultKeys()
  const keys = sections.get(section)
  if (keys) {
    const meant = keys.has(key) ? undefined : nearest(key, keys)
    return meant === undefined
      ? []
      : [{path, at: 'key', text: `Grafana knows no ${key} in [${section}]; did you mean ${meant}?`}]
  }
  const meant = nearest(section, sections.keys())
  return meant === undefined ? [] : [{path, text: `Grafana knows no section [${section}]; did you mean [${meant}]?`}]
}

function tooNew({path, section, key}: PlacedSetting, version: Version): readonly Diagnostic[] {
  const since = readSince(section, key)
  if (since === undefined || isAtLeast(version, since)) return []
  return [{path, at: 'key', text: `Grafana reads this key from ${since} on`}]
}
