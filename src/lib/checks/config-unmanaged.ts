import type {FileStates} from '../facts/files.ts'
import {foreignness, foreignWords} from '../facts/foreign-file.ts'
import {leftoverFiles} from '../facts/leftover-files.ts'
import {type About, failed, passed, type WishedFile} from './check.ts'
import {perNode} from './per-node.ts'

export const configUnmanaged = perNode({
  id: 'config/unmanaged',
  title: 'nobody else wrote the files that gha writes',
  severity: 'error',
  hint: 'Look at the difference with `gha apply --dry-run`, move what you need into gha.yaml, then name the file with `gha apply --take-over FILE`.',
  fact: ({seen}) => seen.files,
  judge(states, about) {
    const left = leftoverFiles(about.wish.files, about.seen).flatMap(path => foreignAt(path, about) ?? [])
    const strangers = [...about.wish.files.flatMap(file => strangeness(file, states, about) ?? []), ...left]
    if (strangers.length > 0) return failed(strangers.join(', '))
    return passed(about.wish.files.some(({path}) => states.get(path)?.exists) ? 'gha wrote them' : 'there are none yet')
  },
})

/** What gha would refuse to overwrite. */
function strangeness({path, sha256}: WishedFile, states: FileStates, about: About): string | undefined {
  const state = states.get(path)
  if (!state?.exists || state.sha256 === sha256) return undefined
  return foreignAt(path, about)
}

function foreignAt(path: string, {node, seen}: About): string | undefined {
  const how = foreignness(path, node, seen)
  return how && `${path} was ${foreignWords(how)}`
}
