import type {FileState, FileStates} from '../facts/files.ts'
import {type About, failed, passed, type WishedFile} from './check.ts'
import {perNode} from './per-node.ts'

export const configUnmanaged = perNode({
  id: 'config/unmanaged',
  title: 'nobody else wrote the files that gha writes',
  severity: 'error',
  hint: 'Look at the difference with `gha apply --dry-run`, move what you need into gha.yaml, then name the file with `gha apply --take-over FILE`.',
  fact: ({seen}) => seen.files,
  judge(states, about) {
    const strangers = about.wish.files.flatMap(file => strangeness(file, states, about) ?? [])
    if (strangers.length > 0) return failed(strangers.join(', '))
    return passed(about.wish.files.some(({path}) => states.get(path)?.exists) ? 'gha wrote them' : 'there are none yet')
  },
})

/** What gha would refuse to overwrite: what is neither wished nor recorded in the release it put there last. */
function strangeness({path, sha256}: WishedFile, states: FileStates, {node, seen}: About): string | undefined {
  const state = states.get(path)
  if (!state?.exists || state.sha256 === sha256) return undefined
  const written = seen.state.known ? seen.state.value.written?.get(path) : undefined
  if (state.sha256 !== undefined && written?.includes(state.sha256)) return undefined
  if (written || isManaged(state)) return `${path} was edited since gha wrote it`
  return isAsPackaged(state, states.get(samplePath(node.paths.home))) ? undefined : `${path} was not written by gha`
}

/** Packages put a copy of their sample where grafana.ini belongs: nobody's work is lost with it. */
export function samplePath(home: string): string {
  return `${home}/conf/sample.ini`
}

function isManaged(state: FileState): boolean {
  return state.exists && /managed by gha\b/i.test(state.firstLine)
}

function isAsPackaged(state: FileState, sample: FileState | undefined): boolean {
  return state.exists && sample?.exists === true && state.sha256 !== undefined && state.sha256 === sample.sha256
}
