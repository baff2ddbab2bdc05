import {canAdvertise, meshEndpoint, meshPeers} from '../grafana/mesh.ts'
import {pathsToSay} from '../grafana/paths.ts'
import {reads} from '../grafana/settings.ts'
import {isIpv6, isLoopback} from '../model/address.ts'
import {formatEndpoint, type RedisEndpoint} from '../model/backing.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import {Secret} from '../model/secret.ts'
import {literal, mergeSettings, type Settings, type SettingValue} from '../model/settings.ts'
import {databaseFiles} from './database-files.ts'

type Keys = Readonly<Record<string, SettingValue | string | number | boolean | Secret | undefined>>

/** Everything grafana.ini must say on this node: what follows from the cluster, then the file's own settings on top. */
export function nodeSettings(cluster: Cluster, node: Node): Settings {
  const followed = settings({
    '': {instance_name: node.name},
    paths: Object.fromEntries(
      pathsToSay(cluster.grafana.install.method, node.paths).map(key => [key, node.paths[key]]),
    ),
    server: server(cluster, node),
    database: database(cluster, node),
    remote_cache: remoteCache(cluster),
    security: security(cluster),
    'secrets_manager.encryption.secret_key.v1': {secret_key: cluster.grafana.secretsManagerKey},
    unified_alerting: alerting(cluster, node),
    live: live(cluster),
  })
  return mergeSettings(onlyRead(followed, cluster), underOneName(cluster.grafana.settings), underOneName(node.settings))
}

function server(cluster: Cluster, node: Node): Keys {
  const url = new URL(cluster.grafana.rootUrl)
  return {
    http_addr: needsOwnAddress(cluster, node) ? node.address : undefined,
    http_port: node.httpPort,
    domain: url.hostname,
    root_url: cluster.grafana.rootUrl,
    serve_from_sub_path: url.pathname === '/' ? undefined : true,
  }
}

/** Nodes that share a machine, or one that only its own machine reaches, must not take every address of it. */
function needsOwnAddress(cluster: Cluster, node: Node): boolean {
  if (isLoopback(node.address)) return node.address !== 'localhost'
  const {host, port} = node.ssh
  return cluster.nodes.some(
    other =>
      other.name !== node.name && other.ssh.host === host && other.ssh.port === port && other.address !== node.address,
  )
}

function database({database: db}: Cluster, node: Node): Keys {
  const paths = databaseFiles(db, node)
  return {
    type: db.type,
    host: formatEndpoint(db),
    name: db.name,
    user: db.user,
    password: db.password,
    ssl_mode: db.sslMode,
    ca_cert_path: paths.ca,
    client_cert_path: paths.clientCertificate,
    client_key_path: paths.clientKey,
    server_cert_name: db.serverCertificateName,
    max_open_conn: db.maxOpenConnections,
  }
}

function remoteCache({cache}: Cluster): Keys {
  switch (cache.type) {
    case 'database':
      return {type: 'database'}
    case 'memcached':
      return {type: 'memcached', connstr: formatEndpoint(cache), prefix: cache.prefix}
    case 'redis':
      return {type: 'redis', connstr: redisConnection(cache), prefix: cache.prefix}
  }
}

const REDIS_TLS = {off: 'false', on: 'true', insecure: 'insecure'} as const

function redisConnection(redis: RedisEndpoint): Secret {
  const options = [
    `addr=${formatEndpoint(redis)}`,
    `db=${redis.database}`,
    ...(redis.username === undefined ? [] : [`username=${redis.username}`]),
    ...(redis.password === undefined ? [] : [`password=${redis.password.reveal()}`]),
    `ssl=${REDIS_TLS[redis.tls]}`,
  ]
  return new Secret(options.join(','))
}

function security({grafana}: Cluster): Keys {
  return {
    admin_user: grafana.admin?.user,
    admin_password: grafana.admin?.password,
    secret_key: grafana.secretKey,
  }
}

function alerting(cluster: Cluster, node: Node): Keys {
  switch (cluster.alerting.mode) {
    case 'single':
      return {}
    case 'gossip':
      return gossip(cluster, node, cluster.alerting.label)
    case 'redis':
      return redisAlerting(cluster.alerting, node)
  }
}

function gossip(cluster: Cluster, node: Node, label: string | undefined): Keys {
  const endpoint = meshEndpoint(cluster, node)
  if (!endpoint) return {}
  const everywhere = isIpv6(node.address) ? '::' : '0.0.0.0'
  const host = needsOwnAddress(cluster, node) ? node.address : everywhere
  return {
    ha_listen_address: formatEndpoint({host, port: endpoint.port}),
    ha_advertise_address: canAdvertise(endpoint) ? formatEndpoint(endpoint) : undefined,
    ha_peers: meshPeers(cluster),
    ha_label: label,
  }
}

function redisAlerting(redis: RedisEndpoint & {readonly prefix?: string}, node: Node): Keys {
  return {
    ha_redis_address: formatEndpoint(redis),
    ha_redis_username: redis.username,
    ha_redis_password: redis.password,
    ha_redis_db: redis.database,
    ha_redis_prefix: redis.prefix,
    ha_redis_peer_name: node.name,
    ha_redis_tls_enabled: redis.tls === 'off' ? undefined : true,
    ha_redis_tls_insecure_skip_verify: redis.tls === 'insecure' ? true : undefined,
  }
}

function live({live: wish}: Cluster): Keys {
  if (wish.mode === 'off') return {}
  return {
    ha_engine: 'redis',
    ha_engine_address: formatEndpoint(wish),
    ha_engine_password: wish.password,
    ha_prefix: wish.prefix,
  }
}

/** Leaves out what this version would ignore: a file must not promise what it does not do. */
function onlyRead(followed: Settings, {grafana}: Cluster): Settings {
  return Object.fromEntries(
    Object.entries(followed).map(([section, keys]) => [
      section,
      Object.fromEntries(Object.entries(keys).filter(([key]) => reads(grafana.version, section, key))),
    ]),
  )
}

function settings(sections: Readonly<Record<string, Keys>>): Settings {
  return Object.fromEntries(
    Object.entries(sections).map(([section, keys]) => [
      section,
      Object.fromEntries(
        Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [[key, settingValue(value)]])),
      ),
    ]),
  )
}

function settingValue(value: SettingValue | string | number | boolean | Secret): SettingValue {
  if (value instanceof Secret) return {kind: 'secret', secret: value}
  return typeof value === 'object' ? value : literal(value)
}

/** `[DEFAULT]` is the parser's other name of the header-less section. */
function underOneName({DEFAULT: headerLess = {}, ...wish}: Settings): Settings {
  return {...wish, '': {...wish[''], ...headerLess}}
}
