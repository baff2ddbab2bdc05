import {createHash} from 'node:crypto'
import {existsSync, readFileSync, utimesSync} from 'node:fs'
import path from 'node:path'
import {CACHE_FOLDER} from '../layout.ts'
import type {RunOptions} from '../run.ts'
import {apart, type Base} from './base.ts'

const SCRIPTS = ['make-dnf.sh', 'configure-dnf.sh'].map(name => path.join(import.meta.dirname, name))

/** What a node has on top of the base to live by rpm and dnf; made by the first test that asks, and kept. */
export async function ensureDnfLayer({key, base}: Base, options: RunOptions = {}): Promise<string> {
  const hash = createHash('sha256').update(key)
  for (const script of SCRIPTS) hash.update(readFileSync(script))
  const layer = path.join(CACHE_FOLDER, `dnf-${hash.digest('hex').slice(0, 12)}`)
  const [make = ''] = SCRIPTS
  if (!existsSync(layer)) await apart([make, base, layer], options)
  const now = new Date()
  utimesSync(layer, now, now)
  return layer
}
