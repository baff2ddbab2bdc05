import type {Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import {DialError, type DialFailure, type Host} from '../ports/host.ts'

/** The way from this node to another one's mesh port over TCP; UDP cannot be seen from outside. */
export interface PeerReach {
  readonly peer: string
  /** `refused`: the way is open, and nobody listens yet. */
  readonly outcome: 'open' | DialFailure
  readonly detail: string
}

/** Every peer's gossip port, dialled from this node at once. */
export function dialPeers(cluster: Cluster, node: Node, host: Host): Promise<readonly PeerReach[]> {
  const {alerting} = cluster
  if (alerting.mode !== 'gossip') return Promise.resolve([])
  const peers = cluster.nodes.filter(({name}) => name !== node.name)
  return Promise.all(peers.map(peer => dialPeer(peer, alerting.port, host)))
}

async function dialPeer(peer: Node, port: number, host: Host): Promise<PeerReach> {
  try {
    const stream = await host.dial({host: peer.address, port})
    stream.on('error', () => undefined)
    stream.destroy()
    return {peer: peer.name, outcome: 'open', detail: ''}
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return {peer: peer.name, outcome: error instanceof DialError ? error.failure : 'failed', detail}
  }
}
