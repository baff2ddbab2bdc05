import type {Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import {Secret} from '../model/secret.ts'
import {databaseFiles} from './database-files.ts'
import {iniFiles} from './ini-files.ts'
import {nodeSettings} from './node-settings.ts'
import {provisioningFiles} from './provisioning-files.ts'
import type {RenderMaterial} from './render-material.ts'
import type {RenderedFile} from './rendered-file.ts'

/** Every file that gha puts on the node, byte for byte. The first is the one Grafana is started with. */
export function renderNode(cluster: Cluster, node: Node, material: RenderMaterial): readonly RenderedFile[] {
  return [
    ...iniFiles(nodeSettings(cluster, node), node),
    ...certificates(cluster, node, material),
    ...provisioningFiles(node, material),
  ]
}

function certificates({database}: Cluster, node: Node, material: RenderMaterial): readonly RenderedFile[] {
  const paths = databaseFiles(database, node)
  return (['ca', 'clientCertificate', 'clientKey'] as const).flatMap(name => {
    const path = paths[name]
    const text = material.database[name]
    if (path === undefined || text === undefined) return []
    const redacted = name === 'clientKey' ? '[secret]' : text
    return [{path, access: 'service', content: new Secret(text), redacted, restart: true} as const]
  })
}
