import {failed, passed} from './check.ts'
import {notYet} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const serviceRunning = perNode({
  id: 'service/running',
  title: 'the service runs, and starts at boot',
  severity: 'error',
  hint: 'Read its log on the node (`journalctl -u grafana-server -n 50`), then start it with `gha apply`.',
  unless: notYet,
  fact: ({seen}) => seen.service,
  judge({state, words, process, atBoot}) {
    if (state !== 'active') return failed(words)
    if (!process) return failed(`${words}, but no process of it was found`)
    if (atBoot === false) return failed(`${words}, but it does not start at boot`, {severity: 'warning'})
    return passed(`${words}, process ${process.pid}`)
  },
})
