import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

export const configOtherTools = perNode({
  id: 'config/other-tools',
  title: 'no other tool changes the node by itself',
  severity: 'warning',
  hint: 'Take Grafana out of what that tool manages, so that it does not undo or restart what gha set up.',
  fact: ({seen}) => seen.otherTools,
  judge: tools => (tools.length > 0 ? failed(`found ${tools.join(', ')}`) : passed('none found')),
})
