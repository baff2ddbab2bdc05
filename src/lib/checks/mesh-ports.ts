import type {PeerReach} from '../facts/peers.ts'
import {type About, failed, type Outcome, passed, undecided} from './check.ts'
import {perNode} from './per-node.ts'

export const meshPorts = perNode({
  id: 'mesh/ports',
  title: "the node reaches every peer's alerting port",
  severity: 'error',
  hint: 'Open the alerting port for TCP and UDP between all nodes, in both directions, then run `gha check --only mesh` again.',
  unless: ({cluster}) =>
    cluster.alerting.mode === 'gossip' && cluster.nodes.length > 1 ? undefined : 'there is no mesh to gossip in',
  fact: ({seen}) => seen.peers,
  judge(peers, about) {
    const outcomes = peers.map(reach => judgePeer(reach, about))
    const bad = outcomes.filter(({status}) => status === 'failed')
    if (bad.length > 0) return failed(list(bad))
    const unseen = outcomes.filter(({status}) => status === 'unknown')
    return unseen.length > 0
      ? undecided(list(unseen))
      : passed(`${peers.length} peers over TCP; UDP cannot be seen from outside`)
  },
})

function judgePeer({peer, outcome, detail}: PeerReach, about: About): Outcome {
  switch (outcome) {
    case 'open':
      return passed(peer)
    case 'refused':
      return shouldListen(peer, about)
        ? failed(`${peer} runs, but nothing listens there`)
        : passed(`${peer}: nobody listens yet`)
    case 'timeout':
      return failed(`${peer}: no answer, which a firewall does`)
    case 'unresolved':
    case 'unreachable':
      return failed(`${peer}: ${detail || outcome}`)
    case 'forbidden':
    case 'failed':
      return undecided(`${peer}: ${detail || outcome}`)
  }
}

/** Gossip begins with gha's first release there. */
function shouldListen(peer: string, {judged}: About): boolean {
  const seen = judged.observation.nodes.find(({node}) => node === peer)
  const runs = seen?.service.known && seen.service.value.process !== undefined
  return Boolean(runs) && Boolean(seen?.state.known && seen.state.value.release !== undefined)
}

function list(outcomes: readonly Outcome[]): string {
  return outcomes.map(({detail}) => detail).join(', ')
}
