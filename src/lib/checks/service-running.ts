import type {Node} from '../model/node.ts'
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
  judge({state, words, process, atBoot}, {node}) {
    if (state !== 'active') return failed(words, hintOf(node))
    if (!process) return failed(`${words}, but no process of it was found`, hintOf(node))
    if (atBoot === false) return failed(`${words}, but it does not start at boot`, {severity: 'warning'})
    return passed(`${words}, process ${process.pid}`)
  },
})

function hintOf({service}: Node): {readonly hint?: string} {
  if (service.manager !== 'docker') return {}
  return {
    hint: `Read its log on the node (\`docker logs --tail 50 ${service.container}\`), then start it with \`gha apply\`.`,
  }
}
