import {listAt, textAt, valueAt} from '../at.ts'
import type {Diagnostic, Path} from '../problem.ts'
import type {CrossInput} from './cross-input.ts'

const PLUGINS: Path = ['grafana', 'plugins']
const FOLDER: Path = ['grafana', 'paths', 'plugins']

/** One plugin, one version, and a place where it comes from and one where it stays. */
export function checkPlugins({root}: CrossInput): {readonly problems: readonly Diagnostic[]} {
  const ids = listAt(root, PLUGINS).map(plugin => String(plugin).split('@')[0] ?? '')
  if (ids.length === 0) return {problems: []}
  return {
    problems: [
      ...ids.flatMap((id, index) =>
        ids.indexOf(id) < index ? [{path: [...PLUGINS, index], text: `${id} is listed twice`}] : [],
      ),
      ...withoutSource(root),
      ...insideHome(root),
    ],
  }
}

function withoutSource(root: unknown): readonly Diagnostic[] {
  if (valueAt(root, ['grafana', 'pluginSource']) !== undefined) return []
  return [
    {
      path: PLUGINS,
      text: 'gha needs the folder with their archives: write `pluginSource: { push: ./plugins }` beside `plugins`',
    },
  ]
}

/** A tarball's home is a link to another folder with every version. */
function insideHome(root: unknown): readonly Diagnostic[] {
  if (textAt(root, ['grafana', 'install', 'method']) !== 'tarball') return []
  const home = textAt(root, ['grafana', 'paths', 'home']) ?? '/opt/grafana'
  if (!textAt(root, FOLDER)?.startsWith(`${home}/`)) return []
  return [{path: FOLDER, text: `must not lie in ${home}, which every version brings anew`}]
}
