import {GhaError} from '../../errors/gha-error.ts'
import {removeDrain} from '../../host/drain-record.ts'
import type {Cluster} from '../../model/cluster.ts'
import {describeDrain} from '../../model/drain-record.ts'
import type {Node} from '../../model/node.ts'
import type {Ports} from '../../ports/ports.ts'
import {underLock} from '../../rollout/balancer-under-lock.ts'
import {serves} from '../../rollout/balancer-views.ts'
import {halfWay} from '../../rollout/half-way.ts'
import {holdsLock, runOn} from '../../rollout/run.ts'
import {bringIn} from '../../rollout/steps/undrain.ts'
import {lockCluster} from '../change/lock-cluster.ts'
import {silentBalancer} from '../change/silent-balancer.ts'
import type {DrainRequest, DrainResult} from './drain-request.ts'
import {lookAtNode, type NodeSeen} from './look-at-node.ts'
import {onlyNotes} from './only-notes.ts'

/**
 * Brings a node back into the balancer, whoever drained it, if Grafana is healthy there. Other nodes need not be
 * reached: more that serve harm nobody, and a run has its lock on every node, so one that is reached tells of it.
 * @throws GhaError `NOT_HEALTHY` | `LOCK_HELD` | `UNDRAIN_NOT_CONFIRMED`
 */
export async function undrainNode(request: DrainRequest, ports: Ports): Promise<DrainResult> {
  const {cluster, name} = request
  const seen = await lookAtNode(cluster, ports, name)
  const {node, state, observation} = seen
  if (!observation.balancer.known) throw silentBalancer(cluster.loadBalancer, observation.balancer)
  if (serves(observation.balancer.value, node.balancerName) && state.drained === undefined) {
    return {result: 'serves', node: name, detail: 'every balancer sends requests there'}
  }
  refuseUnhealthy(seen)
  const was = state.drained ? describeDrain(state.drained) : 'taken out by somebody at the balancer'
  const agreed =
    !request.stopRequested() && (await request.confirm(`Bring ${name} back into the balancer? It is ${was}.`))
  if (request.dryRun) return {result: 'planned', node: name, detail: was}
  if (!agreed) return {result: 'declined', node: name, detail: was}
  const reached = reachedOf(cluster, seen)
  const silent = cluster.nodes.filter(each => !reached.includes(each)).map(each => each.name)
  if (silent.length > 0) request.say(`${silent.join(', ')} cannot be reached, and is not needed for this.`)
  const within = {...cluster, nodes: reached}
  const lock = await lockCluster({...request, cluster: within}, ports, observation)
  try {
    const run = {
      cluster,
      ports,
      lock,
      balancer: underLock(ports.balancer(cluster.loadBalancer), lock),
      progress: onlyNotes(request.say),
    }
    holdsLock(run, node)
    // Others may have been at work while somebody was asked, or waited for the lock.
    refuseUnhealthy(await lookAtNode(within, ports, name))
    if (request.stopRequested()) return {result: 'declined', node: name, detail: was}
    request.begins()
    await bringIn(run, node, {again: `gha undrain ${name}`})
    await runOn(run, node, removeDrain({state: node.paths.state, lease: lock.lease})).catch(error => {
      throw halfWay(error)
    })
    return {result: 'undrained', node: name, detail: `was ${was}`}
  } finally {
    await lock.release()
  }
}

function reachedOf({nodes}: Cluster, {observation}: NodeSeen): readonly Node[] {
  return nodes.filter(({name}) =>
    observation.nodes.some(seen => seen.node === name && seen.access.status === 'reached'),
  )
}

/** Users would meet what does not work. */
function refuseUnhealthy({node, observed: {health}}: NodeSeen): void {
  if (health.known && health.value.status === 200 && health.value.database === 'ok') return
  const words = health.known
    ? `/api/health answers ${health.value.status}, database ${health.value.database}`
    : health.reason
  throw new GhaError(`Grafana is not healthy there: ${words}`, {
    code: 'NOT_HEALTHY',
    exit: 'preflight',
    node: node.name,
    unchanged: 'It stays drained.',
    hint: 'Mend it and look with `gha check`, then undrain it again.',
  })
}
