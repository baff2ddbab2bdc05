import path from 'node:path'
import type {RunOptions} from '../run.ts'
import type {Base} from './base.ts'
import {ensureLayer} from './layer.ts'

/** What a node has on top of the base to live by rpm and dnf, and to build packages for others. */
export function ensureDnfLayer(base: Base, options: RunOptions = {}): Promise<string> {
  return ensureLayer(base, {name: 'dnf', script: path.join(import.meta.dirname, 'configure-dnf.sh')}, options)
}
