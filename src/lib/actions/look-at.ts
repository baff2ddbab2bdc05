import type {Judged} from '../checks/check.ts'
import {samplePath} from '../facts/foreign-file.ts'
import {observe} from '../facts/observe.ts'
import type {Probe} from '../facts/probes.ts'
import type {Cluster} from '../model/cluster.ts'
import {given} from '../model/given.ts'
import type {Ports} from '../ports/ports.ts'
import type {RenderMaterial} from '../render/render-material.ts'
import {nodeWishes, renderAll} from './node-wishes.ts'

export interface LookRequest {
  readonly cluster: Cluster
  readonly material: RenderMaterial
  /** What is dialled from the nodes; everything without it. */
  readonly probes?: readonly Probe[]
  /** Ids of plugins to read through on the nodes, which takes its time; none without it. */
  readonly plugins?: readonly string[]
}

/** What the checks and the status share: the wish of every node and one look at the world. */
export async function lookAt({cluster, material, probes, plugins}: LookRequest, ports: Ports): Promise<Judged> {
  const rendered = renderAll(cluster, material)
  const observation = await observe(cluster, ports, {
    filesOf: node => [...(rendered.get(node.name) ?? []).map(({path}) => path), samplePath(node)],
    ...given({plugins, probes}),
  })
  return {cluster, observation, wishes: nodeWishes(cluster, {material, rendered, observation})}
}
