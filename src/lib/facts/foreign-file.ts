import type {Node} from '../model/node.ts'
import type {FileState} from './files.ts'
import type {NodeObservation} from './node-observation.ts'

/** Where Grafana's packages keep the sample that they copy to grafana.ini: it must be looked at to know the copy. */
export function samplePath({paths}: Node): string {
  return `${paths.home}/conf/sample.ini`
}

/** `of-another-cluster`: gha wrote it, and not for this one. */
export type Foreign = 'unmanaged' | 'edited' | 'of-another-cluster'

/**
 * What stands there and is not what gha put there last: `edited` since then, or `unmanaged`, never written by gha.
 * The sample that a package put where grafana.ini belongs is nobody's work.
 */
export function foreignness(path: string, node: Node, {files, state}: NodeObservation): Foreign | undefined {
  const live = files.known ? files.value.get(path) : undefined
  if (!live?.exists) return undefined
  const written = state.known ? state.value.written?.get(path) : undefined
  if (live.sha256 !== undefined && written?.includes(live.sha256)) return undefined
  if (written) return 'edited'
  if (/managed by gha\b/i.test(live.firstLine)) return 'of-another-cluster'
  const sample = files.known ? files.value.get(samplePath(node)) : undefined
  return isSame(live, sample) ? undefined : 'unmanaged'
}

/** Half a sentence about the file. `owner` is the other cluster, where the file tells. */
export function foreignWords(foreign: Foreign, owner?: string): string {
  switch (foreign) {
    case 'edited':
      return 'edited since gha wrote it'
    case 'unmanaged':
      return 'not written by gha'
    case 'of-another-cluster':
      return owner === undefined
        ? 'written by gha, and not for this cluster as far as the node remembers'
        : `written by gha for the cluster ${owner}`
  }
}

function isSame(one: FileState, other: FileState | undefined): boolean {
  return one.exists && other?.exists === true && one.sha256 !== undefined && one.sha256 === other.sha256
}
