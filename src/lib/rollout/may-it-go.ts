import {GhaError} from '../errors/gha-error.ts'
import type {Node} from '../model/node.ts'
import type {Plan} from '../plan/plan.ts'
import {getsNothingNew, serves, wordsFor} from './balancer-views.ts'
import type {Run} from './run.ts'

/** A node that is to go, and what goes with it. */
export interface Going {
  readonly node: Node
  readonly run: Pick<Run, 'balancer' | 'cluster'> & {readonly plan: Pick<Plan, 'waves'>}
}

/**
 * May this node go? Every other node that gha.yaml names must serve, on every balancer, but for those that go in the same
 * wave; and of its zone one must stay, where the zone has more. Who gets nothing new already may go while anybody serves.
 * The loss that comes with an only node was accepted before the run began.
 * @throws GhaError `NOT_SAFE_TO_DRAIN`
 */
export async function mayItGo({run, node}: Going): Promise<string> {
  const views = await run.balancer.status()
  const others = run.cluster.nodes.filter(({name}) => name !== node.name)
  if (others.length === 0) return 'it is the only node'
  const serving = others.filter(other => serves(views, other.balancerName))
  if (serving.length > 0 && getsNothingNew(views, node.balancerName)) return 'it gets no new requests already'
  const mates = matesOf(run.plan, node)
  const away = others.filter(other => !serving.includes(other) && !mates.has(other.name))
  const zone = others.filter(other => other.zone === node.zone)
  const last = zone.length > 0 && !zone.some(other => serving.includes(other))
  if (away.length === 0 && !last) return `${serving.length} others serve`
  const reason = [
    ...away.map(other => `${other.name} does not serve (${wordsFor(views, other.balancerName)})`),
    ...(last ? [`it is the last${node.zone === undefined ? '' : ` of zone ${node.zone}`} that serves`] : []),
  ].join(', ')
  throw new GhaError(`it may not go: ${reason}`, {
    code: 'NOT_SAFE_TO_DRAIN',
    exit: 'preflight',
    node: node.name,
    step: 'may-it-go',
    unchanged: 'This node was not touched and serves.',
    hint: 'Bring the other nodes back first: `gha status` shows what is wrong with them.',
  })
}

/** Who goes in the same wave, the node itself among them. */
export function matesOf({waves}: Pick<Plan, 'waves'>, {name}: Node): ReadonlySet<string> {
  const wave = waves.find(plans => plans.some(({node}) => node === name)) ?? []
  return new Set(wave.map(({node}) => node))
}
