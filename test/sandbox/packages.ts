import {spawnSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import {tarballName, writeTarball} from '../double/dist.ts'

/** Packs the double in each of these versions. */
export async function packDouble(versions: readonly string[], folder: string): Promise<void> {
  for (const version of versions) await writeTarball(version, path.join(folder, tarballName(version)))
}

/** Packs unpacked official tarballs again, under the name gha looks for, and answers their versions in the order given. */
export function packGrafana(unpacked: readonly string[], folder: string): readonly string[] {
  mkdirSync(folder, {recursive: true})
  return unpacked.map(place => {
    const version = versionOf(place)
    const words = ['-C', path.dirname(path.resolve(place)), '-cf', path.join(folder, tarballName(version))]
    const done = spawnSync('tar', ['--use-compress-program', 'gzip -1', ...words, path.basename(path.resolve(place))])
    if (done.status !== 0) throw new Error(`cannot pack ${place}: ${done.stderr ?? done.error}`)
    return version
  })
}

function versionOf(unpacked: string): string {
  const file = path.join(unpacked, 'VERSION')
  if (!existsSync(file)) throw new Error(`${unpacked} has no file VERSION: is it an unpacked Grafana tarball?`)
  return readFileSync(file, 'utf8').trim().replace(/^v/, '')
}
