import {didYouMean} from '../../config/nearest.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {NodeObservation} from '../../facts/node-observation.ts'
import {type ClusterObservation, observe} from '../../facts/observe.ts'
import type {KeptState} from '../../facts/state.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {Node} from '../../model/node.ts'
import type {Ports} from '../../ports/ports.ts'
import {refuseUnseen} from '../change/refusals.ts'
import {refuseLivingSkipped} from '../change/refuse-balancer.ts'

const UNCHANGED = 'Nothing was changed.'

/** A node, and all that is around it. */
export interface NodeSeen {
  readonly node: Node
  readonly observed: NodeObservation
  readonly state: KeptState
  readonly observation: ClusterObservation
}

/** @throws GhaError `USAGE` | `NO_BALANCER` | `NODE_HELD_OUT`, or why the node itself could not be seen */
export async function lookAtNode(cluster: Cluster, ports: Ports, name: string): Promise<NodeSeen> {
  const node = nodeOf(cluster, name)
  refuseNoBalancer(cluster)
  await refuseLivingSkipped(cluster, ports)
  const observation = await observe(cluster, ports, {filesOf: () => [], probes: ['health']})
  const observed = observation.nodes.find(candidate => candidate.node === name)
  if (observed) refuseUnseen(observed)
  if (!observed?.state.known) throw new TypeError(`${name} was not observed`)
  const state = observed.state.value
  if (state.out !== undefined) throw heldOut(name, state.out)
  return {node, observed, state, observation}
}

function nodeOf({nodes}: Cluster, name: string): Node {
  const found = nodes.find(candidate => candidate.name === name)
  if (found) return found
  const names = nodes.map(node => node.name)
  throw new GhaError(`gha.yaml has no node ${name}${didYouMean(name, names)}`, {
    code: 'USAGE',
    exit: 'usage',
    unchanged: UNCHANGED,
    hint: `Name one of ${names.join(', ')}.`,
  })
}

function refuseNoBalancer({loadBalancer}: Cluster): void {
  if (loadBalancer.type !== 'none') return
  throw new GhaError('gha.yaml names no load balancer, so there is nothing to take a node out of', {
    code: 'NO_BALANCER',
    exit: 'usage',
    unchanged: UNCHANGED,
    hint: 'Describe it as `loadBalancer` in gha.yaml.',
  })
}

function heldOut(node: string, run: string): GhaError {
  return new GhaError(`run ${run} took it out of the balancer and has not brought it back`, {
    code: 'NODE_HELD_OUT',
    exit: 'preflight',
    node,
    unchanged: UNCHANGED,
    hint: 'While that run is under way, wait for it; otherwise `gha rollout` looks at the node and brings it back.',
  })
}
