import {GhaError} from '../errors/gha-error.ts'
import type {BalancerView} from '../ports/balancer.ts'
import type {Turn} from './run.ts'

/**
 * May this node go? Every other node that gha.yaml names must serve, on every balancer, so that at most one is away.
 * The loss that comes with an only node was accepted before the run began.
 * @throws GhaError `NOT_SAFE_TO_DRAIN`
 */
export async function mayItGo({run, node}: Turn): Promise<string> {
  const views = await run.balancer.status()
  const others = run.cluster.nodes.filter(({name}) => name !== node.name)
  const away = others.filter(other => !serves(views, other.balancerName))
  if (others.length === 0) return 'it is the only node'
  if (away.length === 0) return `${others.length} others serve`
  const reason = away.map(other => `${other.name} does not serve (${wordsFor(views, other.balancerName)})`).join(', ')
  throw new GhaError(`it may not go: ${reason}`, {
    code: 'NOT_SAFE_TO_DRAIN',
    exit: 'preflight',
    node: node.name,
    step: 'may-it-go',
    unchanged: 'This node was not touched and serves.',
    hint: 'Bring the other nodes back first: `gha status` shows what is wrong with them.',
  })
}

/** Every balancer host knows the server and sends requests there. */
export function serves(views: readonly BalancerView[], server: string): boolean {
  const ours = views.filter(view => view.server === server)
  return ours.length > 0 && ours.every(({state}) => state === 'in')
}

export function wordsFor(views: readonly BalancerView[], server: string): string {
  const words = views.filter(view => view.server === server).map(view => `${view.balancer}: ${view.words}`)
  return words.join(', ') || 'unknown to the balancer'
}
