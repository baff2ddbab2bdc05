import {isMap, listAt, valueAt} from '../at.ts'
import type {Finding, Path} from '../problem.ts'
import {looksLikeReference} from '../reference.ts'
import {isSecretKey, settingOf} from '../secret-places.ts'
import type {CrossInput} from './cross-input.ts'

interface PlacedSetting {
  readonly path: Path
  readonly section: string
  readonly key: string
  readonly value: unknown
}

/** Settings that have their own place in gha.yaml, cannot be read by Grafana, or hardly mean what they say. */
export function checkSettings({root, secrets}: CrossInput) {
  const settings = settingsIn(root)
  const text = ({path, value}: PlacedSetting) =>
    secrets.get(path.join('/'))?.reveal() ?? (typeof value === 'string' ? value : undefined)
  return {
    problems: settings.flatMap(setting => [
      ...elsewhere(setting),
      ...port(setting),
      ...unprintable(setting),
      ...interpolated(setting, text(setting), settings),
    ]),
    warnings: settings.flatMap(setting => [
      ...expansion(setting),
      ...clearText(setting, secrets.has(setting.path.join('/'))),
    ]),
  }
}

function settingsIn(root: unknown): readonly PlacedSetting[] {
  const places: Path[] = [
    ['grafana', 'settings'],
    ...listAt(root, ['nodes']).map((_, index) => ['nodes', index, 'settings']),
  ]
  return places.flatMap(place =>
    entries(valueAt(root, place)).flatMap(([section, keys]) =>
      entries(keys).map(([key, value]) => ({
        path: [...place, section, key],
        section: section === 'DEFAULT' ? '' : section,
        key,
        value,
      })),
    ),
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

function elsewhere({path, section, key}: PlacedSetting): readonly Finding[] {
  const place = ELSEWHERE[`${section}/${key}`]
  return place === undefined ? [] : [{path, at: 'key', text: `has its own place in gha.yaml: write ${place}`}]
}

function port({path, section, key, value}: PlacedSetting): readonly Finding[] {
  if (section !== 'server' || key !== 'http_port') return []
  const number =
    typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)) ? Number(value) : Number.NaN
  if (Number.isInteger(number) && number >= 1 && number <= 65_535) return []
  return [{path, text: 'must be a port, from 1 to 65535'}]
}

function unprintable({path, value}: PlacedSetting): readonly Finding[] {
  const text = isMap(value) ? value['raw'] : value
  if (typeof text !== 'string' || !text.includes('\0')) return []
  return [{path, text: 'holds a NUL character: no configuration can carry it'}]
}

/** `%(name)s` is replaced wherever the section, or the part before the first, has that key; nothing escapes it. */
function interpolated(
  {path, section}: PlacedSetting,
  text: string | undefined,
  all: readonly PlacedSetting[],
): readonly Finding[] {
  const names = [...(text ?? '').matchAll(/%\(([^)]+)\)s/g)].map(match => match[1])
  const name = names.find(wanted => all.some(other => other.key === wanted && ['', section].includes(other.section)))
  if (name === undefined) return []
  return [{path, text: `holds %(${name})s, which Grafana replaces by the key of that name: it cannot be written`}]
}

function expansion({path, value}: PlacedSetting): readonly Finding[] {
  if (typeof value !== 'string' || !(looksLikeReference(value) || /\$__\w+\{/.test(value))) return []
  if (/^\$\{(?:env|file|cmd):/.test(value.trim())) return []
  return [{path, text: 'is taken literally: write { raw: "…" } where Grafana is to expand it'}]
}

function clearText({path, key, value}: PlacedSetting, resolved: boolean): readonly Finding[] {
  const plain = typeof value === 'string' && value !== '' && !resolved
  if (!plain || !isSecretKey(key) || settingOf(path) === undefined) return []
  return [{path, text: 'this secret stands in clear text: move it to a file and write ${file:./path}'}]
}
