import {createHash} from 'node:crypto'
import {existsSync, readFileSync, utimesSync} from 'node:fs'
import path from 'node:path'
import {apart, type Base} from '../base/base.ts'
import {CACHE_FOLDER} from '../layout.ts'
import type {RunOptions} from '../run.ts'
import {imagesLayer} from './images.ts'

const SCRIPTS = ['make-docker.sh', 'configure-docker.sh'].map(name => path.join(import.meta.dirname, name))

/** What a node that runs containers has on top of the base, uppermost first; made when it is not there yet. */
export async function dockerLayers(
  {base, double, say}: {readonly base: Base; readonly double: string; readonly say: (line: string) => void},
  options: RunOptions,
): Promise<readonly string[]> {
  const hash = createHash('sha256')
  for (const script of SCRIPTS) hash.update(readFileSync(script))
  const docker = path.join(CACHE_FOLDER, `docker-${base.key}-${hash.digest('hex').slice(0, 8)}`)
  if (!existsSync(docker)) {
    say('making what runs containers; this takes a minute, once')
    await apart([SCRIPTS[0] ?? '', base.base, docker], options)
  }
  const images = await imagesLayer(base, double, options)
  const now = new Date()
  for (const folder of [docker, images]) utimesSync(folder, now, now)
  return [images, docker]
}
