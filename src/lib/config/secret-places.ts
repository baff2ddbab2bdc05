import {isMap} from './at.ts'
import type {Path} from './problem.ts'

export interface PlacedText {
  readonly path: Path
  readonly text: string
}

/** Every text value in the file with its path. */
export function textsIn(value: unknown, path: Path = []): readonly PlacedText[] {
  if (typeof value === 'string') return [{path, text: value}]
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]))
  return isMap(value) ? Object.entries(value).flatMap(([key, inside]) => textsIn(inside, [...path, key])) : []
}

/** Whether the value there is a secret by its meaning. */
export function isSecretPlace(path: Path): boolean {
  return SECRET_PLACES.test(path.join('/'))
}

/** Whether a secret may stand there: in a secret's place, or as any setting of grafana.ini. */
export function mayHoldSecret(path: Path): boolean {
  return isSecretPlace(path) || isSettingPlace(path)
}

/** `grafana/settings/SECTION/KEY`, or a node's. */
function isSettingPlace(path: Path): boolean {
  const [root] = path
  if (root !== 'grafana' && root !== 'nodes') return false
  const [settings, ...place] = path.slice(root === 'nodes' ? 2 : 1)
  return settings === 'settings' && place.length === 2
}

const SECRET_PLACES = new RegExp(
  `^(?:${[
    'grafana/(?:secretKey|secretsManagerKey|admin/password)',
    '(?:database|cache|alerting|live)/password',
    '(?:nodes/\\d+/|loadBalancer/(?:hosts/\\d+|host)/)?ssh/becomePassword',
  ].join('|')})$`,
)
