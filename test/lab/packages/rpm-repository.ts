import {existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs'
import path from 'node:path'
import {writeDist} from '../../double/dist.ts'
import {apart, type Base} from '../base/base.ts'
import {ensureDnfLayer} from '../base/dnf-layer.ts'
import {CACHE_FOLDER} from '../layout.ts'
import type {RunOptions} from '../run.ts'
import {DOUBLE_VERSIONS, publish, sourcesHash} from './repository.ts'

export interface RpmMaterial {
  /** What nodes that live by rpm have on top of the base. */
  readonly layer: string
  /** A folder that dnf can read, with packages of the double. */
  readonly repository: string
}

/** Packed once, by the first test that asks, and kept as long as its sources stay as they are. */
export async function rpmMaterial(base: Base, options: RunOptions = {}): Promise<RpmMaterial> {
  const layer = await ensureDnfLayer(base, options)
  const repository = path.join(CACHE_FOLDER, `rpm-${sourcesHash(path.basename(layer))}`)
  if (existsSync(repository)) return {layer, repository}
  const work = mkdtempSync(path.join(CACHE_FOLDER, 'packing-'))
  try {
    await Promise.all(DOUBLE_VERSIONS.map(version => writeDist(version, path.join(work, `tree-${version}`))))
    mkdirSync(path.join(work, 'out'))
    await apart([MAKE, base.base, layer, work, ...DOUBLE_VERSIONS], options)
    publish(path.join(work, 'out'), repository)
  } finally {
    rmSync(work, {recursive: true, force: true})
  }
  return {layer, repository}
}

const MAKE = path.join(import.meta.dirname, 'rpm/make-rpms.sh')
