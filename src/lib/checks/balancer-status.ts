import {balancerNames, ownedFile} from '../model/load-balancer.ts'
import type {BalancerView} from '../ports/balancer.ts'
import {type About, failed, type Outcome, passed, skipped} from './check.ts'
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
    const own = views.filter(({server}) => server === about.node.balancerName)
    const missing = missingBalancers(own, about)
    const waiting = notYet(about)
    if (missing.length > 0) return waiting ? skipped(waiting) : failed(`not known to ${missing.join(', ')}`)
    const out = own.filter(({state}) => state !== 'in')
    if (out.length === 0) return passed(own.map(({balancer, words}) => `${balancer}: ${words}`).join(', '))
    return waiting ? skipped(waiting) : judgeOut(out)
  },
})

const NOT_SET_UP = ['BALANCER_SOCKET_MISSING', 'BALANCER_FILE_MISSING', 'BALANCER_NO_BACKEND']

/** Where gha writes the balancer's file, there is nothing to ask before the first node serves. */
function comesLater(about: About): string | undefined {
  const {loadBalancer} = about.cluster
  const {balancer} = about.judged.observation
  if (balancer.known || !ownedFile(loadBalancer) || !notYet(about)) return undefined
  return NOT_SET_UP.includes(balancer.code ?? '') ? `not set up yet: ${balancer.reason}` : undefined
}

/** Held out on purpose is worth a word; down is a fault. */
function judgeOut(out: readonly BalancerView[]): Outcome {
  const words = out.map(({balancer, words: said}) => `${balancer}: ${said}`).join(', ')
  return failed(words, out.some(({state}) => state === 'down') ? {} : {severity: 'warning'})
}

function missingBalancers(own: readonly BalancerView[], {cluster}: About): readonly string[] {
  return balancerNames(cluster.loadBalancer).filter(name => !own.some(({balancer}) => balancer === name))
}
