import type {ExitName} from '../errors/exit-codes.ts'
import type {Observation} from '../model/observation.ts'
import type {ClockSkew} from './clock-skew.ts'
import type {NodeFacts} from './node-facts.ts'
import type {Probed} from './probes.ts'

/** Everything seen of one node at one moment. */
export interface NodeObservation extends NodeFacts, Probed {
  readonly node: string
  readonly access: Access
  readonly clock: Observation<ClockSkew>
}

/** How far gha got: onto the host, and there to its rights. */
export type Access =
  | {readonly status: 'reached'; readonly transport: string}
  | {readonly status: 'unreachable' | 'powerless'; readonly failure: AccessFailure}

export interface AccessFailure {
  readonly code: string
  readonly exit: ExitName
  readonly message: string
  readonly hint?: string
}
