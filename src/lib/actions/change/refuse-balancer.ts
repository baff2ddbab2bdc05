import {GhaError} from '../../errors/gha-error.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import type {Cluster} from '../../model/cluster.ts'
import {hasStep, type NodePlan, nodesOf, type Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {getsNothingNew, serves, wordsFor} from '../../rollout/balancer-views.ts'

const UNCHANGED = 'Nothing was changed.'

/**
 * What would keep a drain from being done, or from being safe, is said before the first one.
 * @throws GhaError `BALANCER_*` | `NOT_SAFE_TO_DRAIN`
 */
export async function refuseUndrainable(
  cluster: Cluster,
  ports: Ports,
  {plan, observation}: {readonly plan: Plan; readonly observation: ClusterObservation},
): Promise<void> {
  if (cluster.loadBalancer.type === 'none' || plan.verb !== 'rollout') return
  const concerned = nodesOf(plan).map(({node}) => node)
  const running = observation.nodes.filter(({service}) => service.known && service.value.process).map(({node}) => node)
  // A server that gha's own pending file brings is not there yet; a node that runs needs it before it may stop.
  const mustBeThere = plan.balancerFiles.length === 0 ? concerned : concerned.filter(name => running.includes(name))
  await ports.balancer(cluster.loadBalancer).rehearse(cluster.nodes.filter(({name}) => mustBeThere.includes(name)))
  refuseSilentOthers(cluster, plan, observation)
}

/** The first node that is drained needs all others to serve, but for those that the plan brings up before it. */
function refuseSilentOthers({nodes}: Cluster, plan: Plan, {balancer}: ClusterObservation): void {
  const views = balancer.known ? balancer.value : []
  const isAway = (node: string) =>
    nodes.some(({name, balancerName}) => name === node && getsNothingNew(views, balancerName))
  const first = plan.waves.findIndex(wave => wave.some(plan => hasStep(plan, 'drain')))
  if (first < 0 || plan.waves[first]?.every(({node}) => isAway(node))) return
  const before = plan.waves.slice(0, first + 1).flatMap(wave => wave.filter(comesBack).map(({node}) => node))
  const away = nodes.filter(({name, balancerName}) => !before.includes(name) && !serves(views, balancerName))
  const [one] = away
  if (!one) return
  const words = away.map(({name, balancerName}) => `${name} does not serve (${wordsFor(views, balancerName)})`)
  throw new GhaError(`no node may go: ${words.join(', ')}`, {
    code: 'NOT_SAFE_TO_DRAIN',
    exit: 'preflight',
    node: one.name,
    unchanged: UNCHANGED,
    hint: 'Bring it back first: `gha check` says what is wrong with it.',
  })
}

function comesBack(plan: NodePlan): boolean {
  return !hasStep(plan, 'leave-drained')
}

/**
 * A balancer that is left out must be dead: one that still runs would go on sending requests to a stopped node.
 * @throws GhaError `BALANCER_NOT_DEAD`
 */
export async function refuseLivingSkipped({loadBalancer}: Cluster, ports: Ports): Promise<void> {
  if (!('hosts' in loadBalancer)) return
  for (const host of loadBalancer.skipped ?? []) {
    const alone = {...loadBalancer, hosts: [host], skipped: []}
    const answered = await ports
      .balancer(alone)
      .status()
      .then(() => true)
      .catch(() => false)
    if (!answered) continue
    throw new GhaError(`${host.name} answers, so it cannot be left out: it would go on sending requests`, {
      code: 'BALANCER_NOT_DEAD',
      exit: 'preflight',
      node: host.name,
      unchanged: UNCHANGED,
      hint: 'Run the command again without `--skip-balancer`, or stop the balancer there.',
    })
  }
}
