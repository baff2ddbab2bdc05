import {interpolatedNames} from '../../grafana/ini.ts'
import {valueProblems} from '../../grafana/value-problems.ts'
import {textAt} from '../at.ts'
import type {Diagnostic, Path} from '../problem.ts'
import type {Secrets} from '../resolve-secrets.ts'
import {isSecretPlace} from '../secret-places.ts'
import type {CrossInput} from './cross-input.ts'

const PUBLISHED_KEY = 'SW2YcwTIb9zpOOhoPsMm'

/** Values that Grafana or its drivers cannot carry, or that everybody knows. */
export function checkSecrets({root, secrets}: CrossInput) {
  const placed = [...secrets].map(([path, secret]) => ({path: splitPath(path), text: secret.reveal()}))
  const at = (path: string) => secrets.get(path)?.reveal()
  return {
    problems: [
      ...placed.flatMap(({path, text}) => unprintable(path, text)),
      ...interpolated(secrets),
      ...KEYS.flatMap(path => published(path, at(path.join('/')))),
      ...postgres(root, at('database/password')),
      ...mysql(root),
      ...commas(root, at('cache/password')),
    ],
  }
}

const KEYS: readonly Path[] = [
  ['grafana', 'secretKey'],
  ['grafana', 'secretsManagerKey'],
]

function splitPath(path: string): Path {
  return path.split('/')
}

/** A setting may have lines, as a private key has; where gha's own secrets go, nothing can hold them. */
function unprintable(path: Path, text: string): readonly Diagnostic[] {
  if (!isSecretPlace(path)) return []
  if (text.includes('\0')) return [{path, text: 'holds a NUL character: no configuration can carry it'}]
  if (/[\r\n]/.test(text)) return [{path, text: 'holds more than one line: a secret is one line'}]
  return []
}

/** Where gha writes them in grafana.ini: a `%(name)s` in them is replaced there when the section has that key. */
const INI_PLACES: Readonly<Record<string, readonly [section: string, key: string]>> = {
  'grafana/secretKey': ['security', 'secret_key'],
  'grafana/secretsManagerKey': ['secrets_manager.encryption.secret_key.v1', 'secret_key'],
  'database/password': ['database', 'password'],
  'cache/password': ['remote_cache', 'connstr'],
  'alerting/password': ['unified_alerting', 'ha_redis_password'],
  'live/password': ['live', 'ha_engine_password'],
}

function interpolated(secrets: Secrets): readonly Diagnostic[] {
  return Object.entries(INI_PLACES).flatMap(([path, [section, key]]) => {
    const secret = secrets.get(path)
    if (!secret || interpolatedNames(secret.reveal()).length === 0) return []
    const [problem] = valueProblems({[section]: {[key]: {kind: 'secret', secret}}})
    return problem ? [{path: splitPath(path), text: `cannot be written to grafana.ini: ${problem.reason}`}] : []
  })
}

function published(path: Path, text: string | undefined): readonly Diagnostic[] {
  if (text !== PUBLISHED_KEY) return []
  return [{path, text: "is Grafana's published default key, which protects nothing: use one that `gha init` makes"}]
}

/** Grafana joins `user=… password=…` without quotes. */
function postgres(root: unknown, password: string | undefined): readonly Diagnostic[] {
  if (textAt(root, ['database', 'type']) !== 'postgres') return []
  const parts = {password, user: textAt(root, ['database', 'user']), name: textAt(root, ['database', 'name'])}
  return Object.entries(parts).flatMap(([key, text]) =>
    text !== undefined && /[ \t'\\]/.test(text)
      ? [
          {
            path: ['database', key],
            text: 'holds a space, a single quote or a backslash, which Grafana cannot hand to PostgreSQL',
          },
        ]
      : [],
  )
}

/** The driver splits `user:password@` at the first colon. */
function mysql(root: unknown): readonly Diagnostic[] {
  const user = textAt(root, ['database', 'user'])
  if (textAt(root, ['database', 'type']) !== 'mysql' || !user?.includes(':')) return []
  return [{path: ['database', 'user'], text: 'holds a colon, which Grafana cannot hand to MySQL'}]
}

/** `[remote_cache] connstr` is split at every comma. */
function commas(root: unknown, password: string | undefined): readonly Diagnostic[] {
  const parts = {password, username: textAt(root, ['cache', 'username'])}
  return Object.entries(parts).flatMap(([key, text]) =>
    text?.includes(',')
      ? [{path: ['cache', key], text: 'holds a comma, at which Grafana splits its cache connection'}]
      : [],
  )
}
