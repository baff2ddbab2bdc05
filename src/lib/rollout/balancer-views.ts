import type {BalancerView} from '../ports/balancer.ts'

/** Every balancer host knows the server and sends requests there. */
export function serves(views: readonly BalancerView[], server: string): boolean {
  const ours = viewsOf(views, server)
  return ours.length > 0 && ours.every(({state}) => state === 'in')
}

/** Drained or taken out, on every balancer host. */
export function getsNothingNew(views: readonly BalancerView[], server: string): boolean {
  const ours = viewsOf(views, server)
  return ours.length > 0 && ours.every(({state}) => state === 'drain' || state === 'out')
}

/** What each balancer host says of the server, in its own words. */
export function wordsFor(views: readonly BalancerView[], server: string): string {
  const words = viewsOf(views, server).map(view => `${view.balancer}: ${view.words}`)
  return words.join(', ') || 'unknown to the balancer'
}

/** What the hosts say of that server, one after the other. */
export function viewsOf(views: readonly BalancerView[], server: string): readonly BalancerView[] {
  return views.filter(view => view.server === server)
}
