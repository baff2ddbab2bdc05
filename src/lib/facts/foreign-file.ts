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
export function foreignness(path: string, node: Node, observed: NodeObservation): Foreign | undefined {
  const {files} = observed
  const live = files.known ? files.value.get(path) : undefined
  if (!live?.exists) return undefined
  const foreign = foreignContent({path, sum: live.sha256}, observed)
  if (foreign !== 'unmanaged') return foreign
  if (/managed by gha\b/i.test(live.firstLine)) return 'of-another-cluster'
  const sample = files.known ? files.value.get(samplePath(node)) : undefined
  return isSame(live, sample) ? undefined : 'unmanaged'
}

interface Content {
  readonly path: string
  /** Its sha256 or digest; undefined where it has none. */
  readonly sum: string | undefined
}

/** What stands there by what gha remembers to have put there. */
export function foreignContent(
  {path, sum}: Content,
  {state}: Pick<NodeObservation, 'state'>,
): Exclude<Foreign, 'of-another-cluster'> | undefined {
  const written = state.known ? state.value.written?.get(path) : undefined
  if (sum !== undefined && written?.includes(sum)) return undefined
  return written ? 'edited' : 'unmanaged'
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
