import {describeDrain, isExpired} from '../model/drain-record.ts'
import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

export const ghaDrainExpired = perNode({
  id: 'gha/drain-expired',
  title: 'no drain has outlived its time',
  severity: 'error',
  hint: 'Bring the node back with `gha undrain NODE`, or give it more time with `gha drain NODE --for 1h`.',
  fact: ({seen}) => seen.state,
  judge({drained}) {
    if (!drained) return passed('not drained')
    return isExpired(drained) ? failed(describeDrain(drained)) : passed(describeDrain(drained))
  },
})
