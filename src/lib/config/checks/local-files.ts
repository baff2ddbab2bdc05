import path from 'node:path'
import {textAt} from '../at.ts'
import type {Diagnostic, Path} from '../problem.ts'
import type {CrossInput} from './cross-input.ts'

/** Files of this machine that gha reads. */
const PLACES: readonly Path[] = [
  ['database', 'ca'],
  ['database', 'clientCertificate'],
  ['database', 'clientKey'],
  ['rollout', 'probe', 'ca'],
  ['grafana', 'provisioning'],
  ['grafana', 'install', 'source', 'push'],
  ['grafana', 'pluginSource', 'push'],
]

export async function checkLocalFiles({root, folder, files}: CrossInput) {
  const answers = await Promise.all(
    PLACES.map(async (place): Promise<readonly Diagnostic[]> => {
      const relative = textAt(root, place)
      if (!relative || relative.startsWith('~') || (await files.exists(path.resolve(folder, relative)))) return []
      return [{path: place, text: `there is no ${relative}`}]
    }),
  )
  return {problems: [...answers.flat(), ...(await repositoryKey({root, folder, files}))]}
}

const KEY: Path = ['grafana', 'install', 'source', 'key']

/** A key that comes in the clear vouches for nothing. */
async function repositoryKey({root, folder, files}: Pick<CrossInput, 'root' | 'folder' | 'files'>) {
  const key = textAt(root, KEY)
  if (key === undefined || key.startsWith('https:')) return []
  if (key.startsWith('http:')) return [{path: KEY, text: 'must be an https URL or a local path'}]
  return (await files.exists(path.resolve(folder, key))) ? [] : [{path: KEY, text: `there is no ${key}`}]
}
