import {listAt, textAt, valueAt} from '../at.ts'
import type {Diagnostic} from '../problem.ts'
import type {CrossInput} from './cross-input.ts'

/** A list of backends speaks of a configuration that is the operator's, and names each once. */
export function checkLoadBalancer({root}: CrossInput) {
  const path = ['loadBalancer', 'backend']
  const backends = listAt(root, path)
  const problems: Diagnostic[] = backends.flatMap((name, index) =>
    backends.indexOf(name) < index ? [{path: [...path, index], text: `${String(name)} stands twice in the list`}] : [],
  )
  const owned = valueAt(root, ['loadBalancer', 'file']) !== undefined
  if (owned && backends.length > 1 && textAt(root, ['loadBalancer', 'type']) === 'haproxy') {
    problems.push({path, text: 'must be one name where gha writes the file of HAProxy, which has one backend'})
  }
  return {problems}
}
