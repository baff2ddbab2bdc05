import type {Cluster} from '../model/cluster.ts'
import {balancerNames, ownedFile} from '../model/load-balancer.ts'
import type {BalancerView} from '../ports/balancer.ts'
import {type About, failed, passed, skipped} from './check.ts'
import {notYet} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const balancerStatus = perNode({
  id: 'balancer/status',
  title: 'every balancer sends requests to the node',
  severity: 'error',
  hint: 'See who holds it out with `gha status`; when no run is under way, bring it back with `gha rollout`.',
  unless: about => (about.cluster.loadBalancer.type === 'none' ? 'gha.yaml names no balancer' : comesLater(about)),
  fact: ({judged}) => judged.observation.balancer,
  judge(views, about) {
    const standing = standingOf(views, about)
    if (standing.serves) return passed(standing.words)
    const waiting = notYet(about)
    if (waiting) return skipped(waiting)
    return failed(standing.words, standing.heldOut ? {severity: 'warning'} : {})
  },
})

/** How a node stands with all balancers together. Held out on purpose is worth a word; down is a fault. */
export interface Standing {
  readonly serves: boolean
  readonly heldOut: boolean
  readonly words: string
}

/** It serves when every host of the balancer knows it and sends requests there. */
export function standingOf(views: readonly BalancerView[], {cluster, node}: Pick<About, 'cluster' | 'node'>): Standing {
  const own = views.filter(({server}) => server === node.balancerName)
  const missing = missingBalancers(own, cluster)
  if (missing.length > 0) return {serves: false, heldOut: false, words: `not known to ${missing.join(', ')}`}
  const out = own.filter(({state}) => state !== 'in')
  const words = (out.length > 0 ? out : own).map(({balancer, words: said}) => `${balancer}: ${said}`).join(', ')
  return {serves: out.length === 0, heldOut: out.every(({state}) => state !== 'down'), words}
}

const NOT_SET_UP = ['BALANCER_SOCKET_MISSING', 'BALANCER_FILE_MISSING', 'BALANCER_NO_BACKEND']

/** Where gha writes the balancer's file, there is nothing to ask before the first node serves. */
function comesLater(about: About): string | undefined {
  const {loadBalancer} = about.cluster
  const {balancer} = about.judged.observation
  if (balancer.known || !ownedFile(loadBalancer) || !notYet(about)) return undefined
  return NOT_SET_UP.includes(balancer.code ?? '') ? `not set up yet: ${balancer.reason}` : undefined
}

function missingBalancers(own: readonly BalancerView[], cluster: Cluster): readonly string[] {
  return balancerNames(cluster.loadBalancer).filter(name => !own.some(({balancer}) => balancer === name))
}
