import {listAt} from '../at.ts'
import type {Diagnostic} from '../problem.ts'
import type {CrossInput} from './cross-input.ts'

/** One plugin, one version. */
export function checkPlugins({root}: CrossInput): {readonly problems: readonly Diagnostic[]} {
  const ids = listAt(root, ['grafana', 'plugins']).map(plugin => String(plugin).split('@')[0] ?? '')
  return {
    problems: ids.flatMap((id, index) =>
      ids.indexOf(id) < index ? [{path: ['grafana', 'plugins', index], text: `${id} is listed twice`}] : [],
    ),
  }
}
