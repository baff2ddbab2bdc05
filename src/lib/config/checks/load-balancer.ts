import {isMap, listAt, textAt, valueAt} from '../at.ts'
import {secondsOf} from '../build/duration.ts'
import {didYouMean} from '../nearest.ts'
import type {Diagnostic, Path} from '../problem.ts'
import {type PlacedText, textsIn} from '../secret-places.ts'
import type {CrossInput} from './cross-input.ts'

/** What the schema cannot say of backends, and of the commands of a hook. */
export function checkLoadBalancer({root}: CrossInput) {
  switch (textAt(root, ['loadBalancer', 'type'])) {
    case 'haproxy':
      return {problems: backends(root)}
    case 'hook':
      return {problems: [...placeholders(root), ...pace(root)]}
    default:
      return {}
  }
}

/** A list of backends speaks of a configuration that is the operator's, and names each once. */
function backends(root: unknown): readonly Diagnostic[] {
  const path = ['loadBalancer', 'backend']
  const names = listAt(root, path)
  const twice = names.flatMap((name, index) =>
    names.indexOf(name) < index ? [{path: [...path, index], text: `${String(name)} stands twice in the list`}] : [],
  )
  const owned = valueAt(root, ['loadBalancer', 'file']) !== undefined
  if (!owned || names.length < 2) return twice
  return [{path, text: 'must be one name where gha writes the file of HAProxy, which has one backend'}, ...twice]
}

const COMMANDS: Path = ['loadBalancer', 'commands']
const PLACEHOLDERS = ['node', 'address', 'port', 'server']

/** A command that names no node would drain whichever; a slip in a placeholder would be handed over as it stands. */
function placeholders(root: unknown): readonly Diagnostic[] {
  const commands = valueAt(root, COMMANDS)
  if (!isMap(commands)) return []
  return Object.keys(commands).flatMap(verb => {
    const path = [...COMMANDS, verb]
    const words = textsIn(commands[verb], path).filter(({path: at}) => at.at(-1) !== 'deadline')
    const named = words.some(({text}) => PLACEHOLDERS.some(placeholder => text.includes(`{${placeholder}}`)))
    if (verb === 'list')
      return named ? [{path, text: 'must list every server: no placeholder of a node is filled in'}] : []
    const known = PLACEHOLDERS.map(placeholder => `{${placeholder}}`).join(', ')
    return [
      ...words.flatMap(slips),
      ...(named ? [] : [{path, text: `must say which node it speaks of, with one of ${known}`}]),
    ]
  })
}

function slips({path, text}: PlacedText): readonly Diagnostic[] {
  return [...text.matchAll(/\{([a-zA-Z]+)\}/g)].flatMap(([written, word = '']) => {
    const meant = PLACEHOLDERS.includes(word) ? '' : didYouMean(word, PLACEHOLDERS)
    return meant === '' ? [] : [{path, text: `${written} is not filled in${meant}`}]
  })
}

/** Without a pause the balancer would be asked as fast as it answers. */
function pace(root: unknown): readonly Diagnostic[] {
  const path = ['loadBalancer', 'confirm', 'every']
  const every = textAt(root, path)
  return every !== undefined && secondsOf(every) < 1 ? [{path, text: 'must be at least 1s'}] : []
}
