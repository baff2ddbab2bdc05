import type {PluginTree} from '../grafana/plugin-archive.ts'
import type {Cluster} from '../model/cluster.ts'
import {sha256} from '../model/digest.ts'
import type {Release, ReleasePlugin} from '../model/release.ts'
import {formatVersion} from '../model/version.ts'
import {fingerprintOf, type RenderedFile} from '../render/rendered-file.ts'

/** What one node should be: its release, and the files it is made of, in the release's order. */
export interface Wish {
  readonly release: Release
  readonly files: readonly RenderedFile[]
  /** What the release's plugins are made of, where they do not lie on the node already. */
  readonly plugins?: readonly PluginTree[]
}

/** A plugin of a release to come, and what it is made of. */
export interface WishedPlugin {
  readonly plugin: ReleasePlugin
  readonly tree: PluginTree
}

export function wishOf({grafana}: Cluster, files: readonly RenderedFile[], wished: readonly WishedPlugin[] = []): Wish {
  const plugins = wished.map(({plugin}) => plugin)
  return {
    files,
    ...(wished.length > 0 ? {plugins: wished.map(({tree}) => tree)} : {}),
    release: {
      id: `${formatVersion(grafana.version)}-${fingerprintOf(files, grafana.secretKey, plugins)}`,
      version: grafana.version,
      files: files.map(({path, access, content}) => ({path, access, sha256: sha256(content.reveal())})),
      ...(plugins.length > 0 ? {plugins} : {}),
    },
  }
}
