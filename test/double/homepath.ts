import {existsSync} from 'node:fs'
import path from 'node:path'

/** The named folder, else the working directory, else the one above it. */
export function homepath(named: string | undefined): string {
  if (named) return path.resolve(named)
  const here = path.resolve('.')
  return existsSync(path.join(here, 'conf', 'defaults.ini')) ? here : path.resolve('..')
}
