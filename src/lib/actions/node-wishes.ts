import type {NodeWish} from '../checks/check.ts'
import type {ClusterObservation} from '../facts/observe.ts'
import type {Cluster} from '../model/cluster.ts'
import {sha256} from '../model/digest.ts'
import type {Node} from '../model/node.ts'
import {nodeSettings} from '../render/node-settings.ts'
import type {RenderMaterial} from '../render/render-material.ts'
import {renderNode} from '../render/render-node.ts'
import {fingerprintOf, type RenderedFile} from '../render/rendered-file.ts'
import {pluginTreesFor} from './plugins-for.ts'

/** Every file of every node, by the node's name. */
export type Rendered = ReadonlyMap<string, readonly RenderedFile[]>

export function renderAll(cluster: Cluster, material: RenderMaterial): Rendered {
  return new Map(cluster.nodes.map(node => [node.name, renderNode(cluster, node, material)]))
}

export interface WishBasis {
  readonly material: RenderMaterial
  readonly rendered: Rendered
  /** Plugins are chosen for the machine that a node is. */
  readonly observation: ClusterObservation
}

/** What gha.yaml makes of each node, as the checks compare it. */
export function nodeWishes(cluster: Cluster, basis: WishBasis): ReadonlyMap<string, NodeWish> {
  return new Map(cluster.nodes.map(node => [node.name, nodeWish(cluster, node, basis)]))
}

function nodeWish(cluster: Cluster, node: Node, {material, rendered, observation}: WishBasis): NodeWish {
  const files = rendered.get(node.name) ?? []
  const plugins = pluginTreesFor(
    node,
    observation.nodes.find(({node: name}) => name === node.name),
    material,
  )
  const marks = plugins.flatMap(({path, digest}) => (digest === undefined ? [] : [{path, digest}]))
  const isWhole = marks.length === plugins.length
  return {
    settings: nodeSettings(cluster, node),
    files: files.map(({path, content, restart}) => ({path, sha256: sha256(content.reveal()), restart})),
    ...(plugins.length > 0 ? {plugins} : {}),
    fingerprint: isWhole ? fingerprintOf(files, cluster.grafana.secretKey, marks) : '',
  }
}
