import path from 'node:path'
import {must} from '../run.ts'

const ROOT = path.join(import.meta.dirname, '../../..')

/** The program an operator runs, bundled from the sources as they are. */
export async function builtGha(): Promise<string> {
  await must([process.execPath, 'scripts/build.mjs'], {cwd: ROOT})
  return path.join(ROOT, 'bin/run.js')
}
