import {messageOf} from '../errors/message-of.ts'
import {askHealth, type Health} from '../facts/health.ts'
import type {Node} from '../model/node.ts'
import {type Observation, unknown} from '../model/observation.ts'
import type {Run} from './run.ts'

/** Grafana's health as the node itself is told; unknown with its reason, and nothing is thrown. */
export async function healthOf(
  {cluster, ports}: Pick<Run, 'cluster' | 'ports'>,
  node: Node,
): Promise<Observation<Health>> {
  try {
    const host = await ports.hosts.connect(node.name, node.ssh)
    return await askHealth({cluster, node, host, http: ports.http})
  } catch (error) {
    return unknown(messageOf(error))
  }
}
