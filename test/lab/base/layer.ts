import {createHash} from 'node:crypto'
import {existsSync, readFileSync, utimesSync} from 'node:fs'
import path from 'node:path'
import {CACHE_FOLDER} from '../layout.ts'
import type {RunOptions} from '../run.ts'
import {apart, type Base} from './base.ts'

export interface Layer {
  readonly name: string
  /** What runs there to make it. */
  readonly script: string
  /** Called before it is made, where it is not there yet. */
  readonly making?: () => void
}

const MAKE = path.join(import.meta.dirname, 'make-layer.sh')

/** What some hosts have on top of the base; made by the first test that asks, and kept. */
export async function ensureLayer(
  {key, base}: Base,
  {name, script, making}: Layer,
  options: RunOptions = {},
): Promise<string> {
  const hash = createHash('sha256').update(key)
  for (const file of [MAKE, script]) hash.update(readFileSync(file))
  const layer = path.join(CACHE_FOLDER, `${name}-${hash.digest('hex').slice(0, 12)}`)
  if (!existsSync(layer)) {
    making?.()
    await apart([MAKE, base, layer, script], options)
  }
  const now = new Date()
  utimesSync(layer, now, now)
  return layer
}
