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
    : {host: listenHost(textOf(server['http_addr'])), port: node.httpPort}
  return {
    destination,
    hostHeader: publicUrl.host,
    prefix: /^(1|t|true|yes|y|on)$/i.test(textOf(server['serve_from_sub_path']))
      ? publicUrl.pathname.replace(/\/+$/, '')
      : '',
    ...(protocol === 'https' || protocol === 'h2' ? {tls: {serverName: publicUrl.hostname}} : {}),
  }
}

/** A Grafana that listens everywhere also listens on loopback. */
function listenHost(address: string): string {
  return address === '' || address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address.replace(/^\[|\]$/g, '')
}

function textOf(value: SettingValue | undefined): string {
  return value === undefined || value.kind === 'secret' ? '' : value.text
}
