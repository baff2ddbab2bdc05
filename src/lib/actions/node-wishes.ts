import type {NodeWish} from '../checks/check.ts'
import type {Cluster} from '../model/cluster.ts'
import {sha256} from '../model/digest.ts'
import {nodeSettings} from '../render/node-settings.ts'
import type {RenderMaterial} from '../render/render-material.ts'
import {renderNode} from '../render/render-node.ts'
import {fingerprintOf} from '../render/rendered-file.ts'

/** What gha.yaml makes of each node, as the checks compare it. */
export function nodeWishes(cluster: Cluster, material: RenderMaterial): ReadonlyMap<string, NodeWish> {
  return new Map(
    cluster.nodes.map(node => {
      const files = renderNode(cluster, node, material)
      const wish: NodeWish = {
        settings: nodeSettings(cluster, node),
        files: files.map(({path, content, restart}) => ({path, sha256: sha256(content.reveal()), restart})),
        fingerprint: fingerprintOf(files, cluster.grafana.secretKey),
      }
      return [node.name, wish]
    }),
  )
}
