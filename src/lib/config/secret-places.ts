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
export function isSettingPlace(path: Path): boolean {
  return settingOf(path) !== undefined
}

export function settingOf(path: Path): {readonly section: string; readonly key: string} | undefined {
  const start = path[0] === 'grafana' ? 1 : path[0] === 'nodes' ? 2 : undefined
  if (start === undefined || path[start] !== 'settings' || path.length !== start + 3) return
  return {section: String(path[start + 1]), key: String(path[start + 2])}
}

const SECRET_PLACES = new RegExp(
  `^(?:${[
    'grafana/(?:secretKey|secretsManagerKey|admin/password)',
    '(?:database|cache|alerting|live)/password',
    '(?:nodes/\\d+/|loadBalancer/hosts/\\d+/)?ssh/becomePassword',
  ].join('|')})$`,
)

/** Whether a key of grafana.ini holds a secret by its name. */
export function isSecretKey(key: string): boolean {
  return /(?:^|_)(?:password|secret|secret_key|api_key|token|private_key|access_key)$/.test(key)
}
