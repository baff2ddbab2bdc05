import type {Faults} from '../faults.ts'
import type {Log} from '../log.ts'
import type {RedisTarget} from '../redis/redis-client.ts'
import type {Settings} from '../settings.ts'
import {advertised, readAddress} from './addresses.ts'
import type {AlertingMesh} from './alerting-mesh.ts'
import {Gossip} from './gossip.ts'
import {RedisMesh} from './redis-mesh.ts'

const SECTION = 'unified_alerting'

interface Joining {
  readonly settings: Settings
  readonly faults: Faults
  readonly log: Log
}

/** Joins the alerting cluster when Redis or peers are configured; Redis wins. */
export async function joinMesh({settings, faults, log}: Joining): Promise<AlertingMesh | undefined> {
  const peers = settings.list(SECTION, 'ha_peers')
  const redis = settings.text(SECTION, 'ha_redis_address')
  if (!settings.on(SECTION, 'enabled', true) || (peers.length === 0 && redis === '')) return undefined
  if (faults.has('never-in-mesh')) return aloneForEver()
  const mesh = redis === '' ? await overGossip(settings, log) : overRedis(settings, log)
  return faults.has('deaf-mesh') ? deaf(mesh) : mesh
}

function overGossip(settings: Settings, log: Log): Promise<AlertingMesh> {
  const listen = readAddress(settings.or(SECTION, 'ha_listen_address', '0.0.0.0:9094'))
  return Gossip.join({
    listen,
    advertise: advertised(listen, settings.text(SECTION, 'ha_advertise_address')),
    peers: settings.list(SECTION, 'ha_peers').map(peer => readAddress(peer)),
    label: settings.text(SECTION, 'ha_label'),
    pushPullMs: milliseconds(settings.or(SECTION, 'ha_push_pull_interval', '60s')),
    log,
  })
}

function overRedis(settings: Settings, log: Log): AlertingMesh {
  const text = (key: string) => settings.text(SECTION, `ha_redis_${key}`)
  return new RedisMesh({target: redisTarget(settings), prefix: text('prefix'), name: text('peer_name'), log})
}

function redisTarget(settings: Settings): RedisTarget {
  const text = (key: string) => settings.text(SECTION, `ha_redis_${key}`)
  const on = (key: string) => settings.on(SECTION, `ha_redis_${key}`)
  const verified = {caFile: text('tls_ca_path'), serverName: text('tls_server_name')}
  return {
    ...readAddress(text('address').split(',')[0] ?? '', '6379'),
    ...{username: text('username'), password: text('password'), database: text('db')},
    tls: on('tls_enabled') ? {...verified, isVerified: !on('tls_insecure_skip_verify')} : undefined,
  }
}

/** Goes on to count its peers, while no counter moves any more. */
function deaf(mesh: AlertingMesh): AlertingMesh {
  const counts = {received: 1, updates: 1, sent: 1, pings: 1}
  return {view: () => ({...mesh.view(), ...counts}), leave: () => mesh.leave()}
}

function aloneForEver(): AlertingMesh {
  const counts = {received: 0, updates: 0, sent: 0, pings: 0}
  const view = {name: 'alone', members: 1, position: 0, healthScore: 0, failedPeers: 0, ...counts}
  return {view: () => view, leave: async () => {}}
}

function milliseconds(text: string): number {
  const [, number = '60', unit = 's'] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? []
  const units: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}
  return Number(number) * (units[unit] ?? 1000)
}
