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
  return {
    problems: [...(version ? forVersion(root, version) : []), ...serverName(root), ...encryptedGrafana(root)],
    warnings: plugins(root),
  }
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

/** The files that gha writes for balancers speak plain HTTP to the nodes. */
function encryptedGrafana(root: unknown): readonly Finding[] {
  const path = ['grafana', 'settings', 'server', 'protocol']
  const protocol = valueAt(root, path)
  const owned =
    valueAt(root, ['loadBalancer', 'file']) !== undefined || valueAt(root, ['loadBalancer', 'type']) === 'nginx'
  if (!owned || protocol === undefined || protocol === 'http') return []
  return [
    {
      path,
      text: 'must be http where gha writes the balancer file: end TLS at the balancer, or leave `loadBalancer.file` out',
    },
  ]
}

function plugins(root: unknown): readonly Finding[] {
  const path = ['grafana', 'plugins']
  const wished = valueAt(root, path)
  return Array.isArray(wished) && wished.length > 0
    ? [{path, text: 'gha does not install plugins yet: these must be on the nodes already'}]
    : []
}
