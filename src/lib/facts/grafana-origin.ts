import {unbracketed} from '../model/address.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import {mergeSettings, type SettingValue} from '../model/settings.ts'
import type {HttpOrigin} from '../ports/http.ts'

export interface GrafanaOrigin extends HttpOrigin {
  /** What every path starts with: empty, or the sub-path of rootUrl without its trailing slash. */
  readonly prefix: string
}

/** Where this node's own Grafana listens, as seen from the node itself: by its wished `[server]`. */
export function grafanaOrigin(cluster: Cluster, node: Node): GrafanaOrigin {
  const server = mergeSettings(cluster.grafana.settings, node.settings)['server'] ?? {}
  const publicUrl = new URL(cluster.grafana.rootUrl)
  const protocol = textOf(server['protocol']) || 'http'
  const destination = protocol.startsWith('socket')
    ? {socket: textOf(server['socket']) || '/tmp/grafana.sock'}
    : {host: listenHost(textOf(server['http_addr'])) ?? node.address, port: node.httpPort}
  const path = publicUrl.pathname.replace(/\/+$/, '')
  const fromSubPath = textOf(server['serve_from_sub_path']) || 'true'
  return {
    destination,
    hostHeader: publicUrl.host,
    prefix: /^(0|f|false|no|n|off)$/i.test(fromSubPath) ? '' : path,
    ...(protocol === 'https' || protocol === 'h2' ? {tls: {serverName: unbracketed(publicUrl.hostname)}} : {}),
  }
}

/** Where users find the cluster: by rootUrl. */
export function publicOrigin({grafana}: Cluster): GrafanaOrigin {
  const url = new URL(grafana.rootUrl)
  const secure = url.protocol === 'https:'
  const host = unbracketed(url.hostname)
  return {
    destination: {host, port: Number(url.port || (secure ? 443 : 80))},
    hostHeader: url.host,
    prefix: url.pathname.replace(/\/+$/, ''),
    ...(secure ? {tls: {serverName: host}} : {}),
  }
}

/** Undefined where it listens on every address of its machine: its own is one of them. */
function listenHost(address: string): string | undefined {
  return ['', '0.0.0.0', '::', '[::]'].includes(address) ? undefined : unbracketed(address)
}

function textOf(value: SettingValue | undefined): string {
  return value === undefined || value.kind === 'secret' ? '' : value.text
}
