import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import {nodesOf, type Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {findVantage} from '../../probe/find-vantage.ts'
import type {Vantage} from '../../probe/vantage.ts'

/** Who will watch what users get, and what the plan says of it. */
export type Lookout =
  /** No serving node is touched. */
  | {readonly kind: 'needless'}
  | {readonly kind: 'nobody'; readonly words: string}
  | {readonly kind: 'unreachable'; readonly words: string}
  | {readonly kind: 'found'; readonly words: string; readonly vantage: Vantage}

export async function chooseLookout(cluster: Cluster, ports: Ports, plan: Plan): Promise<Lookout> {
  const {probe} = cluster.rollout
  if (!takesServingNodes(plan)) return {kind: 'needless'}
  if (!probe) return {kind: 'nobody', words: 'nobody watches what users get meanwhile, as wished'}
  const {vantage, reasons = []} = await findVantage(cluster, probe, ports)
  // Without a balancer nothing would end by it.
  const kind = cluster.loadBalancer.type === 'none' ? 'nobody' : 'unreachable'
  if (!vantage) return {kind, words: `nobody can watch what users get: ${reasons.join('; ')}`}
  const unjudged = isJudged(cluster, plan) ? '' : '; they will notice, so it is only measured'
  return {kind: 'found', vantage, words: `what users get is watched: ${vantage.words}${unjudged}`}
}

/** @throws GhaError `PROBE_UNREACHABLE`: unwatched only as the operator says */
export function refuseUnwatched(lookout: Lookout): void {
  if (lookout.kind !== 'unreachable') return
  throw new GhaError(lookout.words, {
    code: 'PROBE_UNREACHABLE',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Name a URL that leads to the balancer in `rollout.probe.url`, or go on unwatched with `--no-probe`, or `probe: false` in gha.yaml.',
  })
}

/** Where users are bound to notice, what they get is measured and stops nothing. */
export function isJudged({loadBalancer, nodes}: Cluster, {step}: Plan): boolean {
  return step.kind !== 'single-writer' && loadBalancer.type !== 'none' && nodes.length > 1
}

function takesServingNodes(plan: Plan): boolean {
  return nodesOf(plan).some(({interrupts}) => interrupts)
}
