import {dirname} from 'node:path/posix'
import type {Node} from '../model/node.ts'

const FOLDER = 'gha-secrets'

/** Where a value stands that grafana.ini cannot carry itself. */
export function valueFilePath({paths}: Pick<Node, 'paths'>, name: string): string {
  return `${dirname(paths.config)}/${FOLDER}/${name.replaceAll(/[^\w.-]/g, '_')}`
}

/** Such a file is a secret as a whole. */
export function isValueFile(path: string): boolean {
  return path.includes(`/${FOLDER}/`)
}
