import {GhaError} from '../errors/gha-error.ts'
import {messageOf} from '../errors/message-of.ts'
import type {Cluster} from '../model/cluster.ts'
import {given} from '../model/given.ts'
import type {Node} from '../model/node.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
import type {BalancerView} from '../ports/balancer.ts'
import type {Ports} from '../ports/ports.ts'
import {AdminGate} from './as-admin.ts'
import type {NodeObservation} from './node-observation.ts'
import {type ObservePorts, observeNode} from './observe-node.ts'
import {ALL_PROBES, type Probe} from './probes.ts'

/** Everything seen at one moment: checks, planners and reports share it. */
export interface ClusterObservation {
  /** Milliseconds since 1970 on the controller, when the last answer was in. */
  readonly at: number
  /** In the order of gha.yaml. */
  readonly nodes: readonly NodeObservation[]
  readonly balancer: Observation<readonly BalancerView[]>
}

export interface ClusterWanted {
  /** Absolute paths of files to look at on that node. */
  readonly filesOf: (node: Node) => readonly string[]
  /** Ids of plugins to look at on every node; none is looked at without it. */
  readonly plugins?: readonly string[]
  readonly probes?: readonly Probe[]
}

/** All nodes and the balancer at once; nothing is thrown. */
export async function observe(
  cluster: Cluster,
  ports: ObservePorts & Pick<Ports, 'balancer'>,
  {filesOf, plugins, probes = ALL_PROBES}: ClusterWanted,
): Promise<ClusterObservation> {
  const gate = new AdminGate()
  const [nodes, balancer] = await Promise.all([
    Promise.all(
      cluster.nodes.map(node =>
        observeNode({cluster, node}, ports, {files: filesOf(node), probes, gate, ...given({plugins})}),
      ),
    ),
    askBalancer(cluster, ports),
  ])
  return {at: ports.clock.now(), nodes, balancer}
}

async function askBalancer(
  {loadBalancer}: Cluster,
  ports: Pick<Ports, 'balancer'>,
): Promise<Observation<readonly BalancerView[]>> {
  if (loadBalancer.type === 'none') return known([])
  try {
    return known(await ports.balancer(loadBalancer).status())
  } catch (error) {
    if (!(error instanceof GhaError)) return unknown(messageOf(error))
    return unknown(error.node ? `${error.node}: ${error.message}` : error.message, error.code, error.hint)
  }
}
