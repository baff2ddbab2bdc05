import type {Cluster} from '../model/cluster.ts'
import {drainSeconds} from '../model/load-balancer.ts'
import type {MigrationMark} from '../model/migration-mark.ts'
import {GATE_CHECKS} from './gate-checks.ts'
import type {NodePlan, Step} from './plan.ts'
import type {Situation} from './situation.ts'

/** What a run may need beyond its waits, in seconds: looks that take their time. The dead man waits for a swap by himself. */
const SLACK_SECONDS = 45

/** What a node's turn is for. */
export type Part =
  /** The others serve meanwhile. So many of its wave may start before it: they start one by one. */
  | {readonly kind: 'rolling'; readonly mates: number}
  /** Nobody serves while it migrates. */
  | {readonly kind: 'writer'; readonly migrates: MigrationMark}
  /** It makes room for the writer. */
  | {readonly kind: 'stops'}
  /** It was stopped for the writer, and starts again. */
  | {readonly kind: 'returns'}

export function planNode(cluster: Cluster, situation: Situation, part: Part): NodePlan {
  const {node, wish, reasons, changes, seen} = situation
  return {
    node: node.name,
    release: wish.release,
    interrupts: interrupts(cluster, situation, part),
    reasons: whyOf(reasons),
    changes,
    seen,
    steps: stepsFor(cluster, situation, part),
  }
}

export function whyOf(reasons: readonly string[]): readonly string[] {
  return reasons.length > 0 ? reasons : ['a run took it out of the balancer']
}

/** What is only confirmed keeps its Grafana, and what returns was taken before. */
function interrupts(cluster: Cluster, situation: Situation, {kind}: Part): boolean {
  const swaps = kind === 'stops' || situation.reasons.length > 0
  return swaps && kind !== 'returns' && isReached(cluster, situation)
}

function stepsFor(cluster: Cluster, situation: Situation, part: Part): readonly Step[] {
  const {rollout, loadBalancer, hooks} = cluster
  const timeoutSeconds = drainSeconds(loadBalancer)
  const drains = loadBalancer.type !== 'none' && interrupts(cluster, situation, part)
  const drain: readonly Step[] = drains ? [{kind: 'drain', timeoutSeconds}] : []
  const healthySeconds = mustStayHealthy(cluster, situation, part) ? rollout.minHealthySeconds : 0
  const deadlineSeconds = rollout.healthyDeadlineSeconds
  const mates = part.kind === 'rolling' ? part.mates : 0
  const seconds = timeoutSeconds + hookSeconds(hooks) + deadlineSeconds * (1 + mates) + healthySeconds + SLACK_SECONDS
  if (part.kind === 'stops') return [{kind: 'arm', seconds}, ...drain, {kind: 'stop'}]
  const gate: Gate = {kind: 'gate', checks: checksFor(part), healthySeconds, deadlineSeconds}
  const confirm = part.kind === 'writer' && !situation.drained ? confirmedAtOnce(gate) : confirmed(situation, gate)
  if (situation.reasons.length === 0) return [...rearmed(situation, seconds), ...confirm]
  const arm: Step = {kind: 'arm', seconds, ...(part.kind === 'writer' ? {migrates: part.migrates} : {})}
  const soak: readonly Step[] =
    isWatched(cluster, situation, part) && rollout.probe ? [{kind: 'soak', seconds: rollout.probe.soakSeconds}] : []
  return [arm, ...drain, {kind: 'activate', seconds}, ...confirm, ...soak]
}

type Gate = Extract<Step, {kind: 'gate'}>

function confirmed({drained}: Situation, gate: Gate): readonly Step[] {
  return [gate, {kind: 'disarm'}, {kind: drained ? 'leave-drained' : 'undrain'}]
}

/** While nobody serves, each look more keeps users waiting. No other starts before the node was seen to stay healthy. */
function confirmedAtOnce(gate: Gate): readonly Step[] {
  return [{...gate, atOnce: true}, {kind: 'disarm'}, {kind: 'undrain'}, gate]
}

function rearmed({armed}: Situation, seconds: number): readonly Step[] {
  return armed ? [{kind: 'rearm', seconds, wayBack: armed.wayBack}] : []
}

/** The dead man waits for the operator's programs around the drain too. */
function hookSeconds({preDrain, postDrain}: Cluster['hooks']): number {
  return (preDrain?.deadlineSeconds ?? 0) + (postDrain?.deadlineSeconds ?? 0)
}

/** Where nothing balances, users reach whatever runs. */
function isReached({loadBalancer}: Cluster, {running, fed}: Situation): boolean {
  return running && (loadBalancer.type === 'none' || fed)
}

/** While users come back to it, the probe tells whether they are served. In a maintenance window nobody is. */
function isWatched(cluster: Cluster, situation: Situation, {kind}: Part): boolean {
  return kind === 'rolling' && isReached(cluster, situation) && !situation.drained
}

/** The soak is for users that come back to a node; while nobody serves it would only keep them waiting. */
function mustStayHealthy(cluster: Cluster, situation: Situation, {kind}: Part): boolean {
  return kind === 'returns' || (kind === 'rolling' && (isReached(cluster, situation) || situation.heldOut))
}

/** While one node migrates alone, its peers are stopped. */
function checksFor({kind}: Part): readonly string[] {
  return kind === 'writer' ? GATE_CHECKS.filter(id => !id.startsWith('mesh/')) : GATE_CHECKS
}
