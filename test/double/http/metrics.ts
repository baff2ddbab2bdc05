import type {Grafana} from '../grafana.ts'
import {shownVersion} from './health.ts'
import {type Exchange, json, send, text} from './reply.ts'

/** Prometheus text; behind basic authentication only when both its name and its password are set. */
export async function metrics(grafana: Grafana, {request, response}: Exchange): Promise<void> {
  const {settings} = grafana
  if (!settings.on('metrics', 'enabled', true)) return json(response, 404, {message: 'Not found'})
  const [user, password] = [
    settings.text('metrics', 'basic_auth_username'),
    settings.text('metrics', 'basic_auth_password'),
  ]
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  if (user !== '' && password !== '' && request.headers.authorization !== wanted) return text(response, 401, '')
  const body = [...build(grafana), ...database(grafana), ...(await alerting(grafana)), ...cluster(grafana)]
  const lines = [...body, ...encryption(grafana), ...grafana.telemetry.requestLines(), inFlight(grafana)]
  send(response, {status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: `${lines.join('\n')}\n`})
}

function build(grafana: Grafana): string[] {
  const {release, telemetry} = grafana
  const labels = `branch="HEAD",edition="oss",goversion="go1.24.4",revision="${release.commit}",version="${shownVersion(grafana)}"`
  return [
    '# HELP grafana_build_info A metric with a constant 1 value labeled by version, revision, branch, and goversion',
    '# TYPE grafana_build_info gauge',
    `grafana_build_info{${labels}} 1`,
    `grafana_build_timestamp{${labels}} ${release.built}`,
    '# TYPE grafana_instance_start_total counter',
    'grafana_instance_start_total 1',
    '# TYPE process_start_time_seconds gauge',
    `process_start_time_seconds ${telemetry.startedAt / 1000}`,
  ]
}

function database({database: {pool}}: Grafana): string[] {
  const {max, open, idle} = pool()
  return [
    `grafana_database_conn_max_open ${max}`,
    `grafana_database_conn_open ${open}`,
    `grafana_database_conn_in_use ${open - idle}`,
    `grafana_database_conn_idle ${idle}`,
    `go_sql_stats_connections_max_open{db_name="grafana"} ${max}`,
    `go_sql_stats_connections_open{db_name="grafana"} ${open}`,
    `go_sql_stats_connections_in_use{db_name="grafana"} ${open - idle}`,
    `go_sql_stats_connections_idle{db_name="grafana"} ${idle}`,
  ]
}

async function alerting({database: {query}, telemetry}: Grafana): Promise<string[]> {
  const rows = await query('SELECT "uid" FROM "alert_rule" ORDER BY "uid"').catch(() => [])
  const evaluations = rows.length * Math.floor((Date.now() - telemetry.startedAt) / 10_000)
  return [
    '# TYPE grafana_alerting_schedule_alert_rules gauge',
    `grafana_alerting_schedule_alert_rules ${rows.length}`,
    `grafana_alerting_schedule_alert_rules_hash ${hash(rows.map(row => String(row['uid'])).join())}`,
    `grafana_alerting_rule_evaluations_total{org="1"} ${evaluations}`,
    'grafana_alerting_active_configurations 1',
    'grafana_alerting_discovered_configurations 1',
  ]
}

function cluster({mesh}: Grafana): string[] {
  if (!mesh) return []
  const view = mesh.view()
  return [
    '# TYPE alertmanager_cluster_members gauge',
    `alertmanager_cluster_members ${view.members}`,
    '# TYPE alertmanager_peer_position gauge',
    `alertmanager_peer_position ${view.position}`,
    '# TYPE alertmanager_cluster_health_score gauge',
    `alertmanager_cluster_health_score ${view.healthScore}`,
    '# TYPE alertmanager_cluster_failed_peers gauge',
    `alertmanager_cluster_failed_peers ${view.failedPeers}`,
    `alertmanager_cluster_peer_info{peer="${view.name}"} 1`,
    '# TYPE alertmanager_cluster_messages_received_total counter',
    `alertmanager_cluster_messages_received_total{msg_type="full_state"} ${view.received}`,
    `alertmanager_cluster_messages_received_total{msg_type="update"} ${view.updates}`,
    `alertmanager_cluster_messages_sent_total{msg_type="full_state"} ${view.sent}`,
    `alertmanager_cluster_pings_seconds_count{peer="${view.name}"} ${view.pings}`,
  ]
}

function encryption({
  telemetry: {
    encryption: {encrypt, decrypt},
  },
}: Grafana): string[] {
  return [
    `grafana_encryption_ops_total{operation="encrypt",success="true"} ${encrypt}`,
    `grafana_encryption_ops_total{operation="decrypt",success="true"} ${decrypt}`,
  ]
}

function inFlight({telemetry}: Grafana): string {
  return `grafana_http_request_in_flight ${telemetry.inFlight}`
}

function hash(text: string): number {
  let value = 2_166_136_261
  for (const letter of Buffer.from(text)) value = Math.imul(value ^ letter, 16_777_619) >>> 0
  return value
}
