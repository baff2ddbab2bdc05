import type {Faults} from '../faults.ts'
import type {Log} from '../log.ts'
import type {Settings} from '../settings.ts'
import {advertised, readAddress} from './addresses.ts'
import type {AlertingMesh} from './alerting-mesh.ts'
import {Gossip} from './gossip.ts'

const SECTION = 'unified_alerting'

interface Joining {
  readonly settings: Settings
  readonly faults: Faults
  readonly log: Log
}

/** Joins the alerting cluster when peers are configured. */
export async function joinMesh({settings, faults, log}: Joining): Promise<AlertingMesh | undefined> {
  const peers = settings.list(SECTION, 'ha_peers')
  if (!settings.on(SECTION, 'enabled', true) || peers.length === 0) return undefined
  if (faults.has('never-in-mesh')) return aloneForEver()
  const listen = readAddress(settings.or(SECTION, 'ha_listen_address', '0.0.0.0:9094'))
  return Gossip.join({
    listen,
    advertise: advertised(listen, settings.text(SECTION, 'ha_advertise_address')),
    peers: peers.map(peer => readAddress(peer)),
    label: settings.text(SECTION, 'ha_label'),
    pushPullMs: milliseconds(settings.or(SECTION, 'ha_push_pull_interval', '60s')),
    log,
  })
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
