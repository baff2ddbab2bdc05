import {isIpAddress} from '../model/address.ts'
import {type Endpoint, formatEndpoint} from '../model/backing.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import type {SettingValue} from '../model/settings.ts'

/**
 * Where a node's alerting gossips; undefined without gossip. What its settings say wins; otherwise nodes that share
 * an address count upward from the cluster's port in the order of the file.
 */
export function meshEndpoint(cluster: Cluster, node: Node): Endpoint | undefined {
  return meshOf(cluster).endpoints.get(node.name)
}

/** The `ha_peers` of every node: all of them, itself included, which is harmless and keeps the value the same everywhere. */
export function meshPeers(cluster: Cluster): string {
  return meshOf(cluster).peers
}

interface Mesh {
  readonly endpoints: ReadonlyMap<string, Endpoint>
  readonly peers: string
}

/** Every node's file holds it: worked out once for a cluster, or a large one takes minutes. */
const MESHES = new WeakMap<Cluster, Mesh>()

function meshOf(cluster: Cluster): Mesh {
  const known = MESHES.get(cluster)
  if (known) return known
  const taken = new Map<string, number>()
  const endpoints = new Map<string, Endpoint>()
  for (const node of cluster.nodes) {
    const place = taken.get(node.address) ?? 0
    taken.set(node.address, place + 1)
    const endpoint = endpointOf(cluster, node, place)
    if (endpoint) endpoints.set(node.name, endpoint)
  }
  const mesh = {endpoints, peers: [...endpoints.values()].map(formatEndpoint).join(',')}
  MESHES.set(cluster, mesh)
  return mesh
}

function endpointOf(cluster: Cluster, node: Node, place: number): Endpoint | undefined {
  if (cluster.alerting.mode !== 'gossip') return undefined
  const own = {...cluster.grafana.settings['unified_alerting'], ...node.settings['unified_alerting']}
  const advertised = endpointIn(own['ha_advertise_address'])
  if (advertised) return advertised
  const listening = endpointIn(own['ha_listen_address'])
  return {host: node.address, port: listening?.port ?? cluster.alerting.port + place}
}

/** `host:port` or `[v6]:port`; undefined when it is neither. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  return host === undefined ? undefined : {host, port: Number(match?.[3])}
}

/** Grafana's `ha_advertise_address` takes IP addresses only. */
export function canAdvertise({host}: Endpoint): boolean {
  return isIpAddress(host)
}

function endpointIn(value: SettingValue | undefined): Endpoint | undefined {
  return value?.kind === 'literal' ? parseEndpoint(value.text) : undefined
}
