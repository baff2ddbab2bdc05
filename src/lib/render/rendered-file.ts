import type {ReleasePlugin} from '../model/release.ts'
import {fingerprint, Secret} from '../model/secret.ts'

/** One file as it must stand on a node or balancer. */
export interface RenderedFile {
  /** Absolute, on the node. */
  readonly path: string
  /** `service`: 0640 root and the unit's group. `public`: 0644. */
  readonly access: 'service' | 'public'
  readonly content: Secret
  /** The same text with every secret replaced: for diffs and reports. */
  readonly redacted: string
  /** Whether the program must start again to take it over. */
  readonly restart: boolean
}

/** First line of every file that gha writes and that can hold a comment. */
export const MANAGED = '# Managed by gha. Edit gha.yaml instead.'

/** What of a plugin tells whether it is another one. */
export type PluginMark = Pick<ReleasePlugin, 'path' | 'digest'>

/** A short name for what a node or balancer is configured with; it may be published. */
export function fingerprintOf(
  files: readonly RenderedFile[],
  key: Secret,
  plugins: readonly PluginMark[] = [],
): string {
  const lines = files.map(({path, access, content}) => JSON.stringify([path, access, content.reveal()]))
  const folders = plugins.map(({path, digest}) => JSON.stringify([path, digest]))
  return fingerprint(key, [...lines, ...folders].toSorted().join('\n')).slice(0, 12)
}

export function publicFile(path: string, content: string): RenderedFile {
  return {path, access: 'public', content: new Secret(content), redacted: content, restart: true}
}
