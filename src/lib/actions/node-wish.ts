import type {NodeWish} from '../checks/check.ts'
import type {Cluster} from '../model/cluster.ts'
import {sha256} from '../model/digest.ts'
import type {Node} from '../model/node.ts'
import {nodeSettings} from '../render/node-settings.ts'
import {fingerprintOf, type RenderedFile} from '../render/rendered-file.ts'

/** What the checks go by: the settings and files that gha.yaml makes of one node. */
export function nodeWish(cluster: Cluster, node: Node, files: readonly RenderedFile[]): NodeWish {
  return {
    settings: nodeSettings(cluster, node),
    files: files.map(({path, content, mark, restart}) => ({path, mark, restart, sha256: sha256(content.reveal())})),
    fingerprint: fingerprintOf(files, cluster.grafana.secretKey),
  }
}
