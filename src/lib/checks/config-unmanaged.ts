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
    const foreign = about.wish.files.filter(file => isForeign(file, states, about)).map(({path}) => path)
    if (foreign.length > 0) return failed(`not written by gha: ${foreign.join(', ')}`)
    return passed(about.wish.files.some(({path}) => states.get(path)?.exists) ? 'gha wrote them' : 'there are none yet')
  },
})

/** Where a file cannot say who wrote it, a first release on the node says that gha has been there. */
function isForeign(file: WishedFile, states: FileStates, {node, seen}: About): boolean {
  const state = states.get(file.path)
  if (!state?.exists || state.sha256 === file.sha256) return false
  if (file.mark === 'first-line')
    return !isManaged(state) && !isAsPackaged(state, states.get(samplePath(node.paths.home)))
  return seen.state.known && seen.state.value.release === undefined
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
