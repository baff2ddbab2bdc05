import type {Cluster} from '../../model/cluster.ts'

/** What `drain` and `undrain` are asked for. */
export interface DrainRequest {
  readonly cluster: Cluster
  /** Its name, as the operator typed it. */
  readonly name: string
  readonly dryRun: boolean
  readonly lockWaitSeconds: number
  /** The command line, for whoever meets the lock. */
  readonly reason: string
  readonly confirm: (what: string) => Promise<boolean>
  readonly stopRequested: () => boolean
  readonly say: (text: string) => void
  /** From here on the node is moved, and Ctrl-C does not keep it from that. */
  readonly begins: () => void
}

export interface DrainResult {
  readonly result: 'drained' | 'undrained' | 'serves' | 'planned' | 'declined'
  readonly node: string
  /** What was seen, in a few words. */
  readonly detail: string
}
