import {given} from './given.ts'
import type {FileAccess, Release, ReleaseFile, ReleasePlugin} from './release.ts'
import {parseVersion} from './version.ts'

/**
 * A release as its node keeps it, tab-separated for the shell there: `version V` as the package manager spells it,
 * then `file INDEX ACCESS SHA256 PATH` for each file, or `kept …` for one of somebody else that a later release took over,
 * and for each plugin `plugin ID VERSION DIGEST PATH`, or `found …` where it lay there before. The path is always the fifth; none holds a tab or a line break.
 */
export function formatManifest({files, plugins = []}: Release, version: string): string {
  const lines = [
    ...files.map(({path, access, sha256}, index) => `file\t${index}\t${access}\t${sha256}\t${path}\n`),
    ...plugins.map(plugin => `${formatPlugin(plugin)}\n`),
  ]
  return `version\t${version}\n${lines.join('')}`
}

function formatPlugin({id, version, digest, path, origin}: ReleasePlugin): string {
  return [KINDS[origin], id, version, digest, path].join('\t')
}

const KINDS = {archive: 'plugin', node: 'found'} as const

/** Undefined when the text names no version. */
export function parseManifest(id: string, text: string): Release | undefined {
  const version = parseVersion(/^version\t(.*)$/m.exec(text)?.[1] ?? '')
  const plugins = parsePlugins(text)
  return (
    version && {
      id,
      version,
      files: parseFiles(text, ['file', 'kept']),
      ...given({plugins: plugins.length > 0 ? plugins : undefined}),
    }
  )
}

/** The files that the lines of manifests name: those that gha brought, or also those that are only put back. */
export function parseFiles(text: string, kinds: readonly ('file' | 'kept')[] = ['file']): readonly ReleaseFile[] {
  return text
    .split('\n')
    .map(line => line.split('\t'))
    .filter(([kind]) => kinds.some(each => each === kind))
    .map(([, , access, sha256 = '', path = '']) => ({path, access: access as FileAccess, sha256}))
}

/** The plugins that they name. */
export function parsePlugins(text: string): readonly ReleasePlugin[] {
  return text.split('\n').flatMap((line): readonly ReleasePlugin[] => {
    const [kind, id = '', version = '', digest = '', path = ''] = line.split('\t')
    const origin = (['archive', 'node'] as const).find(each => KINDS[each] === kind)
    return origin ? [{id, version, digest, path, origin}] : []
  })
}
