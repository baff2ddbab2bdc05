import type {Settings, SettingValue} from '../model/settings.ts'
import {isAtLeast, type Version} from '../model/version.ts'

/** The first version that reads the key; undefined where every supported one does, or where it is not known. */
export function readSince(section: string, key: string): string | undefined {
  const keys = Object.hasOwn(SINCE, section) ? SINCE[section] : undefined
  return keys && Object.hasOwn(keys, key) ? keys[key] : undefined
}

/** Grafana ignores a key it does not know, silently. */
export function reads(version: Version, section: string, key: string): boolean {
  const since = readSince(section, key)
  return since === undefined || isAtLeast(version, since)
}

/** Grafana masks these in its own listings; a literal in such a key is shown nowhere. */
export function isSecretKey(section: string, key: string): boolean {
  return SECRET_NAMES.test(key) || (section === 'database' && /^(url|connection_string)$/.test(key))
}

export interface Entry {
  readonly section: string
  readonly key: string
  readonly value: SettingValue
}

export function entriesOf(settings: Settings): readonly Entry[] {
  return Object.entries(settings).flatMap(([section, keys]) =>
    Object.entries(keys).map(([key, value]) => ({section, key, value})),
  )
}

const SECRET_NAMES = /password|secret|passphrase|private_key|token$|connstr|access_key|_key_pass|cert_pass|api_key/i

const SINCE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  database: {
    migration_locking: '10.1.0',
    high_availability: '11.6.0',
    skip_migrations: '8.0.0',
    delete_auto_gen_ids: '11.0.0',
  },
  /** `connstr username`: an option inside `connstr`. */
  remote_cache: {prefix: '9.4.0', encryption: '9.4.0', 'connstr username': '9.5.0'},
  live: {
    ha_engine: '8.1.0',
    ha_engine_address: '8.1.0',
    ha_engine_password: '10.3.0',
    ha_prefix: '10.3.0',
    allowed_origins: '8.0.4',
  },
  unified_alerting: {
    ha_listen_address: '8.0.0',
    ha_advertise_address: '8.0.0',
    ha_peers: '8.0.0',
    ha_peer_timeout: '8.0.0',
    ha_gossip_interval: '8.0.0',
    ha_push_pull_interval: '8.0.0',
    ha_label: '10.3.0',
    ha_reconnect_timeout: '11.0.0',
    ha_redis_address: '10.0.0',
    ha_redis_username: '10.0.0',
    ha_redis_password: '10.0.0',
    ha_redis_db: '10.0.0',
    ha_redis_prefix: '10.0.0',
    ha_redis_peer_name: '10.0.0',
    ha_redis_max_conns: '10.0.0',
    ha_redis_cluster_mode_enabled: '11.1.0',
    ha_redis_tls_enabled: '11.1.0',
    ha_redis_tls_insecure_skip_verify: '11.1.0',
    ha_redis_tls_ca_path: '11.1.0',
    ha_redis_tls_cert_path: '11.1.0',
    ha_redis_tls_key_path: '11.1.0',
    ha_redis_tls_server_name: '11.1.0',
    ha_redis_sentinel_mode_enabled: '12.1.0',
    ha_redis_sentinel_master_name: '12.1.0',
    ha_single_node_evaluation: '12.4.0',
  },
  'secrets_manager.encryption.secret_key.v1': {secret_key: '12.0.0'},
  secrets_manager: {encryption_provider: '12.0.0'},
  sso_settings: {reload_interval: '10.3.0'},
  plugins: {preinstall: '11.3.0', preinstall_sync: '12.1.0'},
  unified_storage: {migration_locking: '13.2.0'},
}
