import {promisify} from 'node:util'
import {gzip} from 'node:zlib'
import type {PluginTree} from '../../grafana/plugin-archive.ts'
import type {PluginLoad} from '../../host/plugins.ts'
import {packTar} from '../../model/tar.ts'
import type {Payload} from '../../rollout/stage-nodes.ts'
import type {Survey} from './survey.ts'

const compressed = promisify(gzip)

/** What a node lacks of its release's plugins; the same plugin is packed once for all nodes. */
export function pluginLoads({wishes, observation}: Survey): NonNullable<Payload['pluginsFor']> {
  const packed = new Map<string, Promise<PluginLoad>>()
  return name => {
    const seen = observation.nodes.find(({node}) => node === name)?.plugins
    const kept = seen?.known ? seen.value.kept : new Set<string>()
    const trees = new Map((wishes.get(name)?.plugins ?? []).map(tree => [tree.digest, tree]))
    const lacking = [...trees.values()].filter(({digest}) => !kept.has(digest))
    return Promise.all(
      lacking.map(tree => {
        const load = packed.get(tree.digest) ?? packPlugin(tree)
        packed.set(tree.digest, load)
        return load
      }),
    )
  }
}

export async function packPlugin({digest, files}: Pick<PluginTree, 'digest' | 'files'>): Promise<PluginLoad> {
  const unpacked = await Array.fromAsync(files, async ({path, executable, content}) => ({
    path,
    mode: executable ? 0o755 : 0o644,
    content: await content(),
  }))
  return {digest, bytes: await compressed(packTar(unpacked))}
}
