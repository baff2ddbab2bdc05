import {isAtLeast, parseVersion, type Version} from '../../model/version.ts'
import {textAt, valueAt} from '../at.ts'
import type {Finding, Path} from '../problem.ts'
import type {CrossInput} from './cross-input.ts'

interface Feature {
  readonly path: Path
  readonly since: string
  readonly what: string
  readonly wished?: (value: unknown) => boolean
}

const FEATURES: readonly Feature[] = [
  {path: ['alerting', 'mode'], since: '10.0.0', what: 'alerting over Redis', wished: value => value === 'redis'},
  {
    path: ['alerting', 'tls'],
    since: '11.1.0',
    what: 'TLS to the Redis of alerting',
    wished: value => value !== false && value !== 'off',
  },
  {path: ['cache', 'username'], since: '9.5.0', what: 'a user name for the Redis cache'},
  {path: ['live', 'password'], since: '10.2.0', what: 'a password for the Redis of Live'},
]

/** What the wished version of Grafana needs, or does not have yet. */
export function checkFeatures({root}: CrossInput) {
  const version = parseVersion(textAt(root, ['grafana', 'version']) ?? '')
  return {problems: [...(version ? forVersion(root, version) : []), ...serverName(root)]}
}

function forVersion(root: unknown, version: Version): readonly Finding[] {
  const tooNew = FEATURES.flatMap(({path, since, what, wished}) => {
    const value = valueAt(root, path)
    const asked = value !== undefined && (wished?.(value) ?? true)
    return asked && !isAtLeast(version, since) ? [{path, text: `Grafana has ${what} from ${since} on`}] : []
  })
  return [...tooNew, ...secretsManager(root, version)]
}

function secretsManager(root: unknown, version: Version): readonly Finding[] {
  const path = ['grafana', 'secretsManagerKey']
  if (version.major < 12 || valueAt(root, path) !== undefined) return []
  return [{path, text: 'is missing: Grafana 12 and newer encrypt with a second key, and all nodes need the same'}]
}

function serverName(root: unknown): readonly Finding[] {
  const mode = valueAt(root, ['database', 'sslMode'])
  const verified = mode === true || mode === 'true'
  if (!verified || valueAt(root, ['database', 'type']) !== 'mysql') return []
  const path = ['database', 'serverCertificateName']
  if (valueAt(root, path) !== undefined) return []
  return [{path, text: 'is missing: Grafana needs it for MySQL with sslMode true'}]
}
