import type {ExitName} from '../errors/exit-codes.ts'
import type {NodeObservation} from '../facts/node-observation.ts'
import type {ClusterObservation} from '../facts/observe.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import type {Settings} from '../model/settings.ts'

/** A rule about the cluster. It only judges: everything it knows was observed before. */
export interface Check {
  /** `area/name`, for ever. */
  readonly id: string
  /** What is true when all is well, without a full stop. */
  readonly title: string
  /** A warning never fails a run. */
  readonly severity: Severity
  /** What to do when it fails: a full sentence with the next command. */
  readonly hint: string
  readonly judge: (judged: Judged) => readonly Verdict[]
}

export type Severity = 'error' | 'warning'

/** What the checks go by: the wish, and what was seen of the world. */
export interface Judged {
  readonly cluster: Cluster
  readonly observation: ClusterObservation
  readonly wishes: ReadonlyMap<string, NodeWish>
}

/** What gha.yaml makes of one node. */
export interface NodeWish {
  readonly settings: Settings
  readonly files: readonly WishedFile[]
  /** Absent where it names none. */
  readonly plugins?: readonly WishedTree[]
  /** Of all its files together, as a release carries it. */
  readonly fingerprint: string
}

export interface WishedFile {
  readonly path: string
  readonly sha256: string
  /** Whether Grafana reads it at its start only. */
  readonly restart: boolean
}

export interface WishedTree {
  readonly id: string
  readonly version: string
  /** Of its folder on the node. */
  readonly path: string
  readonly digest?: string
  /** Why there is no digest, in words. */
  readonly problem?: string
}

/** `unknown` is never `passed`: nobody could look. */
export interface Outcome {
  readonly status: 'passed' | 'failed' | 'skipped' | 'unknown'
  readonly detail: string
  /** Where this outcome weighs less than the check does. */
  readonly severity?: Severity
  /** Where there is a better one than the check's own. */
  readonly hint?: string
  /** Why, where that decides how the program ends. */
  readonly cause?: Extract<ExitName, 'authentication'>
}

export interface Verdict extends Outcome {
  /** Undefined for what is about the whole cluster. */
  readonly node?: string
}

/** One node with everything that is known and wished of it. */
export interface About {
  readonly cluster: Cluster
  readonly node: Node
  readonly seen: NodeObservation
  readonly wish: NodeWish
  readonly judged: Judged
}

const NO_WISH: NodeWish = {settings: {}, files: [], fingerprint: ''}

/** The nodes in the order of gha.yaml. */
export function eachNode(judged: Judged): readonly About[] {
  const {cluster, observation, wishes} = judged
  return cluster.nodes.flatMap(node => {
    const seen = observation.nodes.find(({node: name}) => name === node.name)
    return seen ? [{cluster, node, seen, wish: wishes.get(node.name) ?? NO_WISH, judged}] : []
  })
}

type More = Pick<Outcome, 'severity' | 'hint' | 'cause'>

export function passed(detail: string): Outcome {
  return {status: 'passed', detail}
}

export function failed(detail: string, more: More = {}): Outcome {
  return {status: 'failed', detail, ...more}
}

export function skipped(detail: string): Outcome {
  return {status: 'skipped', detail}
}

export function undecided(detail: string, more: More = {}): Outcome {
  return {status: 'unknown', detail, ...more}
}
