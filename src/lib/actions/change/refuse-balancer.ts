import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import {nodesOf} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {type Planned, refuseSilentOthers} from './refuse-silent.ts'

const UNCHANGED = 'Nothing was changed.'

/**
 * What would keep a drain from being done, or from being safe, is said before the first one.
 * @throws GhaError `BALANCER_*` | `NOT_SAFE_TO_DRAIN`
 */
export async function refuseUndrainable(cluster: Cluster, ports: Ports, planned: Planned): Promise<void> {
  const {plan, observation} = planned
  if (cluster.loadBalancer.type === 'none' || plan.verb !== 'rollout') return
  const concerned = nodesOf(plan).map(({node}) => node)
  const running = observation.nodes.filter(({service}) => service.known && service.value.process).map(({node}) => node)
  // A server that gha's own pending file brings is not there yet; a node that runs needs it before it may stop.
  const mustBeThere = plan.balancerFiles.length === 0 ? concerned : concerned.filter(name => running.includes(name))
  await ports.balancer(cluster.loadBalancer).rehearse(cluster.nodes.filter(({name}) => mustBeThere.includes(name)))
  await refuseSilentOthers(cluster, ports, planned)
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
