import path from 'node:path'
import {textAt} from '../at.ts'
import type {Diagnostic, Path} from '../problem.ts'
import type {CrossInput} from './cross-input.ts'

/** Files of this machine that gha puts on the nodes. */
const PLACES: readonly Path[] = [
  ['database', 'ca'],
  ['database', 'clientCertificate'],
  ['database', 'clientKey'],
  ['grafana', 'provisioning'],
  ['grafana', 'install', 'source', 'push'],
]

export async function checkLocalFiles({root, folder, files}: CrossInput) {
  const answers = await Promise.all(
    PLACES.map(async (place): Promise<readonly Diagnostic[]> => {
      const relative = textAt(root, place)
      if (!relative || relative.startsWith('~') || (await files.exists(path.resolve(folder, relative)))) return []
      return [{path: place, text: `there is no ${relative}`}]
    }),
  )
  return {problems: answers.flat()}
}
