import {known, type Observation} from '../model/observation.ts'
import type {Caches} from '../ports/cache.ts'
import type {Databases} from '../ports/database.ts'
import type {AdminGate} from './as-admin.ts'
import type {GrafanaDoor} from './ask-grafana.ts'
import {probeCaches} from './caches.ts'
import {askEffectiveSettings} from './effective-settings.ts'
import {askHealth} from './health.ts'
import {askMetrics} from './metrics.ts'
import {dialPeers} from './peers.ts'

/** A node as the place from which others are asked. */
export interface Vantage extends GrafanaDoor {
  readonly databases: Databases
  readonly caches: Caches
  readonly gate: AdminGate
}

/** What is dialled from a node, beside the one script on it. A new probe is one line here. */
export const PROBES = {
  health: (from: Vantage) => askHealth(from),
  metrics: (from: Vantage) => askMetrics(from),
  settings: (from: Vantage) => askEffectiveSettings(from, from.gate),
  database: async ({cluster, host, databases}: Vantage) => known(await databases.probe(cluster.database, host)),
  caches: async ({cluster, host, caches}: Vantage) => known(await probeCaches(cluster, host, caches)),
  peers: async ({cluster, node, host}: Vantage) => known(await dialPeers(cluster, node, host)),
}

export type Probe = keyof typeof PROBES
export const ALL_PROBES = Object.keys(PROBES) as readonly Probe[]

export type Probed = {readonly [K in Probe]: Awaited<ReturnType<(typeof PROBES)[K]>>}

/** All at once. */
export async function eachProbe(see: (probe: Probe) => Promise<Observation<unknown>>): Promise<Probed> {
  return Object.fromEntries(await Promise.all(ALL_PROBES.map(async name => [name, await see(name)]))) as Probed
}
