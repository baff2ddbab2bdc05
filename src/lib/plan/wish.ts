import type {Cluster} from '../model/cluster.ts'
import {sha256} from '../model/digest.ts'
import type {Release} from '../model/release.ts'
import {formatVersion} from '../model/version.ts'
import {fingerprintOf, type RenderedFile} from '../render/rendered-file.ts'

/** What one node should be: its release, and the files it is made of, in the release's order. */
export interface Wish {
  readonly release: Release
  readonly files: readonly RenderedFile[]
}

export function wishOf({grafana}: Cluster, files: readonly RenderedFile[]): Wish {
  return {
    files,
    release: {
      id: `${formatVersion(grafana.version)}-${fingerprintOf(files, grafana.secretKey)}`,
      version: grafana.version,
      files: files.map(({path, access, content}) => ({path, access, sha256: sha256(content.reveal())})),
    },
  }
}
