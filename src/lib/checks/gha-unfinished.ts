import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

export const ghaUnfinished = perNode({
  id: 'gha/unfinished',
  title: 'no run of gha is under way or was left behind',
  severity: 'warning',
  hint: 'See who works on the cluster with `gha status`; when nobody does, carry on with `gha rollout`.',
  fact: ({seen}) => seen.state,
  judge({lock, armed, out}) {
    const left = [
      ...(lock ? [`a lock, renewed ${Math.round(lock.ageSeconds)} s ago`] : []),
      ...(out ? [`held out by run ${out}`] : []),
      ...(armed ? ['an armed dead man'] : []),
    ]
    return left.length > 0 ? failed(left.join(', ')) : passed('none')
  },
})
