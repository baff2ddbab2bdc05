import {GhaError} from '../errors/gha-error.ts'
import {formatVersion} from '../model/version.ts'
import type {Availability, Bounds} from '../probe/availability.ts'
import type {Sample} from '../probe/sample.ts'
import type {NodeOutcome} from '../rollout/node-outcome.ts'
import type {TimedStep} from '../rollout/timeline.ts'
import type {ShownChange} from './change.ts'

/** What may be handed on about a run: names, times, numbers and codes. Words of other programs have no place in it. */
export interface RunReport {
  readonly cluster: string
  readonly verb: string
  readonly from?: string
  readonly to: string
  readonly run: string
  readonly result: string
  readonly milliseconds: number
  readonly nodes: readonly ReportedNode[]
  readonly timeline: readonly TimedStep[]
  readonly users?: ReportedUsers
}

export interface ReportedNode {
  readonly node: string
  readonly result: NodeOutcome['result']
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

export interface ReportedChange extends ShownChange {
  readonly sights?: {readonly timeline: readonly TimedStep[]; readonly users?: ReportedUsers}
}

/** Undefined where nothing was done that could be told. */
export function runReport({
  plan,
  result,
  run,
  milliseconds,
  nodes = [],
  sights,
}: ReportedChange): RunReport | undefined {
  if (run === undefined || !sights) return undefined
  return {
    cluster: plan.cluster,
    verb: plan.verb,
    ...(plan.from ? {from: formatVersion(plan.from)} : {}),
    to: formatVersion(plan.to),
    run,
    result,
    milliseconds: milliseconds ?? 0,
    nodes: nodes.map(reportedNode),
    timeline: sights.timeline,
    ...(sights.users ? {users: sights.users} : {}),
  }
}

function reportedNode(outcome: NodeOutcome): ReportedNode {
  const {node, result} = outcome
  if (outcome.result !== 'failed') return {node, result}
  const {step, error, aftermath} = outcome
  return {node, result, step, code: error instanceof GhaError ? error.code : 'BUG', aftermath: aftermath.state}
}
