import type {Version} from './version.ts'

/** One node's Grafana at one moment: a version and the exact files. What is swapped, and what is gone back to. */
export interface Release {
  /** `12.1.1-3fa9c2d1e0ab`: the version and the fingerprint of the files. */
  readonly id: string
  readonly version: Version
  readonly files: readonly ReleaseFile[]
  /** Absent where it has none. They are swapped as whole folders, and known by a digest as a file is by its sum. */
  readonly plugins?: readonly ReleasePlugin[]
}

export interface ReleaseFile {
  /** Absolute path on the node. */
  readonly path: string
  readonly access: FileAccess
  /** Of the whole content, hex. Never published: it may cover secrets. */
  readonly sha256: string
}

export interface ReleasePlugin {
  readonly id: string
  /** As its plugin.json tells it; `-` where that was never seen. */
  readonly version: string
  /** Absolute path of its folder on the node. */
  readonly path: string
  /** Of its folder, as `treeDigest` makes it. */
  readonly digest: string
  /** `node`: it lay there before gha.yaml named it. It is put back, and never removed. */
  readonly origin: 'archive' | 'node'
}

/** `service`: 0640, root and the service's group. `public`: 0644. */
export type FileAccess = 'service' | 'public'

/** Path → sum of everything in a release, files and plugins alike. */
export function sumsOf({
  files,
  plugins = [],
}: Pick<Release, 'files' | 'plugins'>): readonly (readonly [path: string, sum: string])[] {
  return [
    ...files.map(({path, sha256}) => [path, sha256] as const),
    ...plugins.map(({path, digest}) => [path, digest] as const),
  ]
}
