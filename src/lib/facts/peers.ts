import {messageOf} from '../errors/message-of.ts'
import {meshEndpoint} from '../grafana/mesh.ts'
import type {Endpoint} from '../model/backing.ts'
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
  const peers = cluster.nodes.flatMap(peer => {
    const endpoint = meshEndpoint(cluster, peer)
    return endpoint && peer.name !== node.name ? [{peer: peer.name, endpoint}] : []
  })
  return Promise.all(peers.map(({peer, endpoint}) => dialPeer(peer, endpoint, host)))
}

async function dialPeer(peer: string, endpoint: Endpoint, host: Host): Promise<PeerReach> {
  try {
    const stream = await host.dial(endpoint)
    stream.on('error', () => undefined)
    stream.destroy()
    return {peer, outcome: 'open', detail: ''}
  } catch (error) {
    return {peer, outcome: error instanceof DialError ? error.failure : 'failed', detail: messageOf(error)}
  }
}
