import type {Node} from '../model/node.ts'
import {Secret} from '../model/secret.ts'
import {redactYaml} from './redact-yaml.ts'
import type {RenderMaterial} from './render-material.ts'
import type {RenderedFile} from './rendered-file.ts'

/** The provisioning tree as it must stand below the node's provisioning folder. */
export function provisioningFiles(node: Node, {provisioning}: RenderMaterial): readonly RenderedFile[] {
  return provisioning.map(({path, content}) => ({
    path: `${node.paths.provisioning}/${path}`,
    access: 'service',
    content: new Secret(content),
    redacted: /\.ya?ml$/.test(path) ? redactYaml(content) : content,
    // Grafana itself watches dashboards; everything else is read at the start.
    restart: !path.endsWith('.json'),
  }))
}
