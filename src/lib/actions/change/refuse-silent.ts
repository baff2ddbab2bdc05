import {GhaError} from '../../errors/gha-error.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {Node} from '../../model/node.ts'
import {hasStep, type NodePlan, type Plan} from '../../plan/plan.ts'
import type {BalancerView} from '../../ports/balancer.ts'
import type {Ports} from '../../ports/ports.ts'
import {getsNothingNew, serves, viewsOf, wordsFor} from '../../rollout/balancer-views.ts'
import type {Survey} from './survey.ts'
import type {Claim} from './survey-free.ts'

/** A health check every 10 s that wants three good answers takes as long. */
const RISE_SECONDS = 30
const POLL_MILLISECONDS = 1000

export interface Planned extends Pick<Survey, 'plan' | 'observation'> {
  /** Unset where it is only to be seen. */
  readonly claim?: Pick<Claim, 'progress' | 'stopRequested'> | undefined
}

/** @throws GhaError `NOT_SAFE_TO_DRAIN` while a node does not serve that the plan does not bring up before its first drain */
export async function refuseSilentOthers(cluster: Cluster, ports: Ports, planned: Planned): Promise<void> {
  const {plan, observation} = planned
  const views = observation.balancer.known ? observation.balancer.value : []
  const away = silentOthers(cluster, plan, views)
  if (away.length === 0) return
  const risen = await afterTheirRise(cluster, ports, {...planned, views, away})
  // Whoever was told to stop meanwhile begins nothing.
  if (!planned.claim?.stopRequested()) refuseSilent(silentOthers(cluster, plan, risen), risen)
}

/**
 * The first node that is drained needs all others to serve, but for those that the plan brings up before it. In a
 * maintenance window nobody serves in its place, and what an earlier one has stopped comes back after it.
 */
function silentOthers({nodes}: Cluster, plan: Plan, views: readonly BalancerView[]): readonly Node[] {
  if (plan.window) return []
  const isAway = (node: string) =>
    nodes.some(({name, balancerName}) => name === node && getsNothingNew(views, balancerName))
  const first = plan.waves.findIndex(wave => wave.some(each => hasStep(each, 'drain')))
  if (first < 0 || plan.waves[first]?.every(({node}) => isAway(node))) return []
  const before = plan.waves.slice(0, first + 1).flatMap(wave => wave.filter(comesBack).map(({node}) => node))
  return nodes.filter(({name, balancerName}) => !before.includes(name) && !serves(views, balancerName))
}

interface Silent extends Planned {
  readonly views: readonly BalancerView[]
  readonly away: readonly Node[]
}

/**
 * What the balancer says once it had the time to count healthy nodes up: one that was just started is down to it for
 * some seconds more. Only for who is about to act, and only where that is all that keeps him.
 */
async function afterTheirRise(
  cluster: Cluster,
  {balancer, clock}: Ports,
  {plan, observation, claim, views, away}: Silent,
): Promise<readonly BalancerView[]> {
  if (!claim || !away.every(node => isHealthy(observation, node) && isDown(views, node))) return views
  const names = away.map(({name}) => name).join(', ')
  const text = `Grafana answers well on ${names}, and the balancer does not count it up yet: waiting up to ${RISE_SECONDS} s`
  claim.progress({type: 'note', text})
  const deadline = clock.now() + RISE_SECONDS * 1000
  for (;;) {
    await clock.sleep(POLL_MILLISECONDS)
    const seen = await balancer(cluster.loadBalancer).status()
    if (!isRising(seen, silentOthers(cluster, plan, seen)) || clock.now() >= deadline || claim.stopRequested())
      return seen
  }
}

/** Some are left, and nothing but the balancer's count keeps them. */
function isRising(views: readonly BalancerView[], silent: readonly Node[]): boolean {
  return silent.length > 0 && silent.every(node => isDown(views, node))
}

function isHealthy({nodes}: ClusterObservation, {name}: Node): boolean {
  const health = nodes.find(({node}) => node === name)?.health
  return health?.known === true && health.value.status === 200
}

function isDown(views: readonly BalancerView[], {balancerName}: Node): boolean {
  const ours = viewsOf(views, balancerName)
  return ours.length > 0 && ours.every(({state}) => state === 'in' || state === 'down')
}

function refuseSilent(away: readonly Node[], views: readonly BalancerView[]): void {
  const [one] = away
  if (!one) return
  const words = away.map(({name, balancerName}) => `${name} does not serve (${wordsFor(views, balancerName)})`)
  throw new GhaError(`no node may go: ${words.join(', ')}`, {
    code: 'NOT_SAFE_TO_DRAIN',
    exit: 'preflight',
    node: one.name,
    unchanged: 'Nothing was changed.',
    hint: 'Bring it back first: `gha check` says what is wrong with it.',
  })
}

function comesBack(plan: NodePlan): boolean {
  return !hasStep(plan, 'leave-drained')
}
