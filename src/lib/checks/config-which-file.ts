import {failed, passed, undecided} from './check.ts'
import {notRunning} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const configWhichFile = perNode({
  id: 'config/which-file',
  title: 'Grafana reads the file that gha writes',
  severity: 'error',
  hint: 'Set the `paths.config` of the node in gha.yaml to the file its process reads, or correct the command line of its unit, then run `gha check --only config` again.',
  unless: notRunning,
  fact: ({seen}) => seen.service,
  judge({process}, {node}) {
    if (!process) return undecided('no Grafana runs whose command line would tell')
    if (process.configFile === undefined) return undecided('its command line names neither a file nor a home folder')
    if (process.configFile === node.paths.config) return passed(process.configFile)
    return failed(`it reads ${process.configFile}, gha writes ${node.paths.config}`)
  },
})
