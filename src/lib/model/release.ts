import type {Version} from './version.ts'

/** One node's Grafana at one moment: a version and the exact files. What is swapped, and what is gone back to. */
export interface Release {
  /** `12.1.1-3fa9c2d1e0ab`: the version and the fingerprint of the files. */
  readonly id: string
  readonly version: Version
  readonly files: readonly ReleaseFile[]
}

export interface ReleaseFile {
  /** Absolute path on the node. */
  readonly path: string
  readonly access: FileAccess
  /** Of the whole content, hex. Never published: it may cover secrets. */
  readonly sha256: string
}

/** `service`: 0640, root and the service's group. `public`: 0644. */
export type FileAccess = 'service' | 'public'
