import {readSince} from '../../grafana/settings.ts'
import {isAtLeast, parseVersion, type Version} from '../../model/version.ts'
import {textAt, valueAt} from '../at.ts'
import type {Diagnostic, Path} from '../problem.ts'
import type {CrossInput} from './cross-input.ts'

interface Feature {
  readonly path: Path
  /** The key of grafana.ini that the wish ends in; its age is the feature's. */
  readonly key: readonly [section: string, key: string]
  readonly what: string
  readonly wished?: (value: unknown) => boolean
}

const FEATURES: readonly Feature[] = [
  {
    path: ['alerting', 'mode'],
    key: ['unified_alerting', 'ha_peers'],
    what: 'a mesh for alerting',
    wished: value => value === 'gossip',
  },
  {path: ['alerting', 'label'], key: ['unified_alerting', 'ha_label'], what: 'a label for the mesh'},
  {
    path: ['alerting', 'mode'],
    key: ['unified_alerting', 'ha_redis_address'],
    what: 'alerting over Redis',
    wished: value => value === 'redis',
  },
  {
    path: ['alerting', 'tls'],
    key: ['unified_alerting', 'ha_redis_tls_enabled'],
    what: 'TLS to the Redis of alerting',
    wished: value => value !== false && value !== 'off',
  },
  {path: ['cache', 'username'], key: ['remote_cache', 'connstr username'], what: 'a user name for the Redis cache'},
  {path: ['cache', 'prefix'], key: ['remote_cache', 'prefix'], what: 'a prefix for the cache'},
  {path: ['live', 'mode'], key: ['live', 'ha_engine'], what: 'Live over Redis', wished: value => value === 'redis'},
  {path: ['live', 'password'], key: ['live', 'ha_engine_password'], what: 'a password for the Redis of Live'},
  {path: ['live', 'prefix'], key: ['live', 'ha_prefix'], what: 'a prefix for the Redis of Live'},
]

const SECRETS_MANAGER = ['grafana', 'secretsManagerKey']

/** What the wished version of Grafana needs, or does not have yet. */
export function checkFeatures({root}: CrossInput) {
  const version = parseVersion(textAt(root, ['grafana', 'version']) ?? '')
  const ofVersion = version ? [...tooNew(root, version), ...secretsManager(root, version)] : []
  return {
    problems: [...ofVersion, ...serverName(root), ...encryptedGrafana(root)],
    warnings: version ? secretsManagerTooEarly(root, version) : [],
  }
}

/** Rendering leaves out what the version does not read: none of it may be a wish. */
function tooNew(root: unknown, version: Version): readonly Diagnostic[] {
  return FEATURES.flatMap(({path, key, what, wished}) => {
    const value = valueAt(root, path)
    const asked = value !== undefined && (wished?.(value) ?? true)
    const since = readSince(...key)
    return asked && since !== undefined && !isAtLeast(version, since)
      ? [{path, text: `Grafana has ${what} from ${since} on`}]
      : []
  })
}

function secretsManager(root: unknown, version: Version): readonly Diagnostic[] {
  if (version.major < 12 || valueAt(root, SECRETS_MANAGER) !== undefined) return []
  return [
    {
      path: SECRETS_MANAGER,
      text: 'is missing: Grafana 12 and newer encrypt with a second key, and all nodes need the same',
    },
  ]
}

/** Harmless, and wise before an upgrade. */
function secretsManagerTooEarly(root: unknown, version: Version): readonly Diagnostic[] {
  if (version.major >= 12 || valueAt(root, SECRETS_MANAGER) === undefined) return []
  return [{path: SECRETS_MANAGER, text: 'is not written to the nodes yet: Grafana reads this key from 12.0.0 on'}]
}

function serverName(root: unknown): readonly Diagnostic[] {
  const mode = valueAt(root, ['database', 'sslMode'])
  const verified = mode === true || mode === 'true'
  if (!verified || valueAt(root, ['database', 'type']) !== 'mysql') return []
  const path = ['database', 'serverCertificateName']
  if (valueAt(root, path) !== undefined) return []
  return [{path, text: 'is missing: Grafana needs it for MySQL with sslMode true'}]
}

/** The files that gha writes for balancers speak plain HTTP to the nodes. */
function encryptedGrafana(root: unknown): readonly Diagnostic[] {
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
