import {utimesSync} from 'node:fs'
import path from 'node:path'
import type {Base} from '../base/base.ts'
import {ensureLayer} from '../base/layer.ts'
import type {RunOptions} from '../run.ts'
import {imagesLayer} from './images.ts'

/** What a node that runs containers has on top of the base, uppermost first: Debian's docker and its registry, and images. */
export async function dockerLayers(
  {base, double, say}: {readonly base: Base; readonly double: string; readonly say: (line: string) => void},
  options: RunOptions,
): Promise<readonly string[]> {
  const script = path.join(import.meta.dirname, 'configure-docker.sh')
  const making = () => say('making what runs containers; this takes a minute, once')
  const docker = await ensureLayer(base, {name: 'docker', script, making}, options)
  const images = await imagesLayer(base, double, options)
  const now = new Date()
  utimesSync(images, now, now)
  return [images, docker]
}
