import {shaOf} from '../facts/files.ts'
import {leftoverFiles} from '../facts/leftover-files.ts'
import {type About, failed, passed, skipped} from './check.ts'
import {perNode} from './per-node.ts'

export const configDrift = perNode({
  id: 'config/drift',
  title: 'the files are those of gha.yaml',
  severity: 'warning',
  hint: 'See what would change with `gha rollout --dry-run`, and bring it to the nodes with `gha rollout`.',
  fact: ({seen}) => seen.files,
  judge(states, about) {
    const {files} = about.wish
    const present = files.filter(({path}) => states.get(path)?.exists)
    if (!isApplied(about)) return skipped('gha has not written them yet')
    const different = files.filter(({path, sha256}) => shaOf(states.get(path)) !== sha256).map(({path}) => path)
    const left = leftoverFiles(files, about.seen)
    if (different.length + left.length === 0) return passed(`${present.length} files are as wished`)
    const why = isWishedRelease(about) ? 'changed on the node' : 'not yet as gha.yaml says'
    return failed([...named(why, different), ...named('not in gha.yaml any more', left)].join('; '))
  },
})

function named(what: string, paths: readonly string[]): readonly string[] {
  return paths.length > 0 ? [`${what}: ${paths.join(', ')}`] : []
}

function isApplied({seen: {state}}: About): boolean {
  return !state.known || state.value.release !== undefined
}

/** The release there was made of the same files: whoever changed them was not gha. */
function isWishedRelease({seen: {state}, wish}: About): boolean {
  return state.known && wish.fingerprint !== '' && Boolean(state.value.release?.endsWith(wish.fingerprint))
}
