import type {Cluster} from '../model/cluster.ts'
import {given} from '../model/given.ts'
import type {Node} from '../model/node.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
import {mergeSettings, type SettingValue} from '../model/settings.ts'
import type {HttpResponse} from '../ports/http.ts'
import {askGrafana, type GrafanaDoor} from './ask-grafana.ts'

/** The alerting mesh as one Grafana counts it; fields it does not publish are undefined. */
export interface MeshMetrics {
  readonly members?: number
  readonly position?: number
  /** 0 is best. */
  readonly healthScore?: number
  readonly failedPeers?: number
  readonly messagesReceived?: number
  /** Answered: once a second to some peer, or every few seconds to Redis. */
  readonly pings?: number
}

export function askMetrics(door: GrafanaDoor): Promise<Observation<MeshMetrics>> {
  return askGrafana(door, {
    path: '/metrics',
    headers: metricsLogin(door.cluster, door.node),
    deadlineSeconds: 10,
    read: readMetrics,
  })
}

export function readMetrics({status, body}: HttpResponse): Observation<MeshMetrics> {
  if (status !== 200) return unknown(`/metrics answers ${status}`)
  const sums = sumByName(body)
  return known(
    given({
      members: sums.get('alertmanager_cluster_members'),
      position: sums.get('alertmanager_peer_position'),
      healthScore: sums.get('alertmanager_cluster_health_score'),
      failedPeers: sums.get('alertmanager_cluster_failed_peers'),
      messagesReceived: sums.get('alertmanager_cluster_messages_received_total'),
      pings: sums.get('alertmanager_cluster_pings_seconds_count'),
    }),
  )
}

/** Grafana 9.3 publishes `alertmanager_cluster_members`, 12.4 `grafana_alertmanager_cluster_members`. */
function sumByName(body: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  for (const [, name = '', value] of body.matchAll(/^(?:grafana_)?(alertmanager_\w+)(?:\{[^\n]*\})? ([^\s]+)/gm)) {
    sums.set(name, (sums.get(name) ?? 0) + Number(value))
  }
  return sums
}

/** Grafana guards its metrics only where both keys are set. */
function metricsLogin(cluster: Cluster, node: Node): Readonly<Record<string, string>> {
  const metrics = mergeSettings(cluster.grafana.settings, node.settings)['metrics'] ?? {}
  const user = reveal(metrics['basic_auth_username'])
  const password = reveal(metrics['basic_auth_password'])
  if (!user || !password) return {}
  return {authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`}
}

function reveal(value: SettingValue | undefined): string {
  if (value === undefined) return ''
  return value.kind === 'secret' ? value.secret.reveal() : value.text
}
