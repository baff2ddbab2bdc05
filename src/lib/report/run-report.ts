import {GhaError} from '../errors/gha-error.ts'
import {given} from '../model/given.ts'
import {formatVersion} from '../model/version.ts'
import type {Plan} from '../plan/plan.ts'
import type {Availability, Bounds} from '../probe/availability.ts'
import type {Sample} from '../probe/sample.ts'
import type {NodeOutcome} from '../rollout/node-outcome.ts'
import type {NodeSoFar} from '../rollout/run-so-far.ts'
import type {TimedStep} from '../rollout/timeline.ts'

/** What may be handed on about a run: names, times, numbers and codes. Words of other programs have no place in it. */
export interface RunReport extends EndedRun {
  readonly cluster: string
  readonly verb: string
  readonly from?: string
  readonly to: string
  /** What came of going back, where nobody confirmed. */
  readonly wayBack?: RunReport
}

/** What a run came to, however it ended. */
export interface EndedRun {
  readonly run: string
  readonly result: string
  readonly milliseconds: number
  readonly nodes: readonly ReportedNode[]
  readonly timeline: readonly TimedStep[]
  readonly users?: ReportedUsers
  /** Set where it was on trial. */
  readonly trial?: 'kept' | 'undone'
  /** The code of what it ended with, where nobody could sum it up. */
  readonly error?: string
}

export interface ReportedNode {
  readonly node: string
  readonly result: NodeOutcome['result'] | NodeSoFar
  readonly step?: string
  readonly code?: string
  readonly aftermath?: string
}

export interface ReportedUsers {
  /** What was asked and from where. */
  readonly where: string
  readonly availability: Availability
  readonly samples: readonly Sample[]
  readonly bounds: Bounds
}

export function runReport({cluster, from, to}: Plan, verb: string, ended: EndedRun): RunReport {
  return {cluster, verb, ...given({from: from && formatVersion(from)}), to: formatVersion(to), ...ended}
}

/** One page tells of a run, of the way back from it, and of what the command ended with. Undefined where no run began. */
export function wholeReport(runs: readonly RunReport[], error?: unknown): RunReport | undefined {
  const [run, wayBack] = runs
  return run && {...run, ...given({wayBack}), ...(error === undefined ? {} : {error: codeOf(error)})}
}

export function reportedNode(outcome: NodeOutcome): ReportedNode {
  const {node, result} = outcome
  if (outcome.result !== 'failed') return {node, result}
  const {step, error, aftermath} = outcome
  return {node, result, step, code: codeOf(error), aftermath: aftermath.state}
}

/** Never its words. */
export function codeOf(error: unknown): string {
  return error instanceof GhaError ? error.code : 'BUG'
}
