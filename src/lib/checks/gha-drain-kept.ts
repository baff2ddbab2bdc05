import {describeDrain} from '../model/drain-record.ts'
import {failed, passed, undecided} from './check.ts'
import {perNode} from './per-node.ts'

export const ghaDrainKept = perNode({
  id: 'gha/drain-kept',
  title: 'a drained node gets no requests',
  severity: 'error',
  hint: 'A balancer that was reloaded may have forgotten it: take it out again with `gha drain NODE`, or end the drain with `gha undrain NODE`.',
  fact: ({seen}) => seen.state,
  judge({drained}, {judged: {observation}, node}) {
    if (!drained) return passed('not drained')
    const {balancer} = observation
    if (!balancer.known) return undecided(balancer.reason)
    const feeding = balancer.value.filter(({server, state}) => server === node.balancerName && state === 'in')
    if (feeding.length === 0) return passed(describeDrain(drained))
    const words = feeding.map(view => `${view.balancer}: ${view.words}`).join(', ')
    return failed(`${describeDrain(drained)}, and gets requests (${words})`)
  },
})
