import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'

export const SUFFIX = '.linux-amd64.tar.gz'

/** Packs unpacked official tarballs again, under the name gha looks for, and answers their versions in the order given. */
export function packGrafana(unpacked: readonly string[], folder: string): readonly string[] {
  mkdirSync(folder, {recursive: true})
  return unpacked.map(place => {
    const version = versionOf(place)
    const words = ['-C', path.dirname(path.resolve(place)), '-cf', path.join(folder, `grafana-${version}${SUFFIX}`)]
    const done = spawnSync('tar', ['--use-compress-program', 'gzip -1', ...words, path.basename(path.resolve(place))])
    if (done.status !== 0) throw new Error(`cannot pack ${place}: ${done.stderr ?? done.error}`)
    return version
  })
}

/** Every version that a folder of packages offers, oldest first. */
export function versionsIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter(name => name.startsWith('grafana-') && name.endsWith(SUFFIX))
  const versions = names.map(name => name.slice('grafana-'.length, -SUFFIX.length))
  return versions.sort((a, b) => a.localeCompare(b, 'en', {numeric: true}))
}

function versionOf(unpacked: string): string {
  const file = path.join(unpacked, 'VERSION')
  if (!existsSync(file)) throw new Error(`${unpacked} has no file VERSION: is it an unpacked Grafana tarball?`)
  return readFileSync(file, 'utf8').trim().replace(/^v/, '')
}
