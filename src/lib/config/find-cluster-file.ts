import path from 'node:path'
import type {Files} from '../ports/local.ts'

export const CLUSTER_FILE = 'gha.yaml'

/** The nearest gha.yaml from an absolute folder upward. */
export async function findClusterFile(start: string, files: Pick<Files, 'exists'>): Promise<string | undefined> {
  const file = path.join(start, CLUSTER_FILE)
  if (await files.exists(file)) return file
  const parent = path.dirname(start)
  return parent === start ? undefined : findClusterFile(parent, files)
}
