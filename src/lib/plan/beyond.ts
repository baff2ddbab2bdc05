import {formatVersion} from '../model/version.ts'
import {type BalancerFilePlan, type FileChange, type NodePlan, nodesOf, type Plan} from './plan.ts'

/**
 * What a plan asks for that a confirmed one did not, in words; empty when all of it was confirmed. A run that was cut may
 * still be moving a node, so less than was confirmed, or another way to the same files and version, is no reason to stop.
 */
export function beyond(confirmed: Plan, now: Plan): readonly string[] {
  const nodes = new Map(nodesOf(confirmed).map(plan => [plan.node, plan]))
  return [
    ...stepBeyond(confirmed, now),
    ...nodesOf(now).flatMap(plan => nodeBeyond(plan, nodes.get(plan.node))),
    ...now.balancerFiles.flatMap(file => balancerFileBeyond(file, confirmed.balancerFiles)),
  ]
}

function stepBeyond(confirmed: Plan, now: Plan): readonly string[] {
  if (confirmed.step.kind === now.step.kind) return []
  return [`the step to ${formatVersion(now.to)} is ${now.step.kind} now, not ${confirmed.step.kind}`]
}

function nodeBeyond(plan: NodePlan, confirmed: NodePlan | undefined): readonly string[] {
  if (!confirmed) return [`${plan.node} needs work too: ${plan.reasons.join(', ')}`]
  return plan.changes.filter(change => !wasConfirmed(change, plan, confirmed)).map(({path}) => `${plan.node}: ${path}`)
}

/** The operator saw a difference from a certain file: another one there now may hold what he would miss. */
function wasConfirmed({path, change, foreign}: FileChange, now: NodePlan, {changes, seen}: NodePlan): boolean {
  const shown = changes.find(candidate => candidate.path === path)
  return shown?.change === change && shown.foreign === foreign && seen.get(path) === now.seen.get(path)
}

function balancerFileBeyond(
  {balancer, path, change, foreign, seen}: BalancerFilePlan,
  confirmed: readonly BalancerFilePlan[],
): readonly string[] {
  const shown = confirmed.find(candidate => candidate.balancer === balancer && candidate.path === path)
  const same = shown?.change === change && shown.foreign === foreign && shown.seen === seen
  return same ? [] : [`${balancer}: ${path}`]
}
