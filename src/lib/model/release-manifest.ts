import type {FileAccess, Release, ReleaseFile} from './release.ts'
import {parseVersion} from './version.ts'

/**
 * A release as its node keeps it, tab-separated for the shell there: `version V` as the package manager spells it,
 * then `file INDEX ACCESS SHA256 PATH` for each file; a path holds neither tab nor line break.
 */
export function formatManifest({files}: Release, version: string): string {
  const lines = files.map(({path, access, sha256}, index) => `file\t${index}\t${access}\t${sha256}\t${path}\n`)
  return `version\t${version}\n${lines.join('')}`
}

/** Undefined when the text names no version. */
export function parseManifest(id: string, text: string): Release | undefined {
  const rows = text.split('\n').map(line => line.split('\t'))
  const version = parseVersion(rows.find(([kind]) => kind === 'version')?.[1] ?? '')
  return version && {id, version, files: parseFiles(rows)}
}

function parseFiles(rows: readonly (readonly string[])[]): readonly ReleaseFile[] {
  return rows
    .filter(([kind]) => kind === 'file')
    .map(([, , access, sha256 = '', path = '']) => ({path, access: access as FileAccess, sha256}))
}
