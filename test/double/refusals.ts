import type {Settings} from './settings.ts'

const CACHE_OPTIONS = new Set(['addr', 'pool_size', 'db', 'username', 'password', 'ssl'])

/** Throws where Grafana does not start with such settings. */
export function refuseWrongSettings(settings: Settings): void {
  refuseCache(settings)
  refuseAlerting(settings)
  refuseMailSender(settings)
}

function refuseCache(settings: Settings): void {
  const type = settings.or('remote_cache', 'type', 'database')
  if (!['database', 'redis', 'memcached'].includes(type)) throw new Error('remote cache: invalid remote cache type')
  if (type !== 'redis') return
  const options = settings.text('remote_cache', 'connstr').split(',')
  const keys = options.map(option => option.split('=', 1)[0]?.trim() ?? '')
  for (const [index, option] of options.entries()) {
    if (!option.includes('='))
      throw new Error(
        `incorrect redis connection string format detected for '${option}', format is key=value,key=value`,
      )
    if (!CACHE_OPTIONS.has(keys[index] ?? ''))
      throw new Error(`unrecognized option '${keys[index]}' in redis connection string`)
  }
  if (!keys.includes('addr')) throw new Error('redis connection string needs an addr')
}

function refuseAlerting(settings: Settings): void {
  const on = (key: string) => settings.on('unified_alerting', key)
  if (on('ha_redis_cluster_mode_enabled') && on('ha_redis_sentinel_mode_enabled'))
    throw new Error(
      'unified_alerting: ha_redis_cluster_mode_enabled and ha_redis_sentinel_mode_enabled are mutually exclusive',
    )
  if (settings.on('alerting', 'enabled')) throw new Error('legacy alerting is not supported: remove [alerting] enabled')
}

function refuseMailSender(settings: Settings): void {
  const address = settings.or('smtp', 'from_address', 'admin@grafana.localhost')
  if (!/^(?:[^<>]*<)?[^\s<>@]+@[^\s<>@]+>?$/.test(address))
    throw new Error(`service init failed: invalid email address for SMTP from_address: ${address}`)
}
