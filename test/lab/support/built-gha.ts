import {existsSync, globSync, statSync} from 'node:fs'
import path from 'node:path'
import {must} from '../run.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
const BUILT = path.join(ROOT, 'dist/commands')

/** The program an operator runs, bundled anew when its sources are younger than the bundle. */
export async function builtGha(): Promise<string> {
  if (!isCurrent()) await must([process.execPath, 'scripts/build.mjs'], {cwd: ROOT})
  return path.join(ROOT, 'bin/run.js')
}

function isCurrent(): boolean {
  if (!existsSync(BUILT)) return false
  const built = Math.min(...globSync(`${BUILT}/*.js`).map(modifiedAt))
  const sources = globSync(['src/**/*.ts', 'templates/**/*', 'scripts/build.mjs'], {cwd: ROOT})
  return Math.max(...sources.map(file => modifiedAt(path.join(ROOT, file)))) < built
}

function modifiedAt(file: string): number {
  return statSync(file).mtimeMs
}
