import type {Judged} from '../checks/check.ts'
import {samplePath} from '../facts/foreign-file.ts'
import {observe} from '../facts/observe.ts'
import type {Probe} from '../facts/probes.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Ports} from '../ports/ports.ts'
import type {RenderMaterial} from '../render/render-material.ts'
import {nodeWishes} from './node-wishes.ts'

export interface LookRequest {
  readonly cluster: Cluster
  readonly material: RenderMaterial
  /** What is dialled from the nodes; everything without it. */
  readonly probes?: readonly Probe[]
}

/** What the checks and the status share: the wish of every node and one look at the world. */
export async function lookAt({cluster, material, probes}: LookRequest, ports: Ports): Promise<Judged> {
  const wishes = nodeWishes(cluster, material)
  const observation = await observe(cluster, ports, {
    filesOf: node => [...(wishes.get(node.name)?.files ?? []).map(({path}) => path), samplePath(node)],
    ...(probes ? {probes} : {}),
  })
  return {cluster, observation, wishes}
}
