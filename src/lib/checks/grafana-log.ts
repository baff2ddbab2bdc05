import type {FatalLine} from '../facts/fatal-lines.ts'
import {CLOCK_GRAIN_SECONDS} from '../facts/process.ts'
import {FATAL_LOGS} from '../grafana/fatal-logs.ts'
import {unknown} from '../model/observation.ts'
import {isAtLeast} from '../model/version.ts'
import {type About, failed, passed} from './check.ts'
import {inRun} from './in-run.ts'
import {notRunning} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const grafanaLog = inRun(
  ({fatalLines}) => fatalLines !== undefined,
  perNode({
    id: 'grafana/log',
    title: 'the log of the running Grafana tells of nothing fatal',
    severity: 'error',
    hint: 'Read the log of Grafana on the node around that time; docs/checks.md tells which lines are meant.',
    unless: notRunning,
    fact: ({seen}) => seen.fatalLines ?? unknown('not asked'),
    judge(lines, about) {
      const found = FATAL_LOGS.flatMap(({id, meaning, since}) => {
        const line = lines.find(each => each.id === id && isOfThisProcess(each, about))
        return line && writes(about, since) ? [`${meaning} (${id}${timeOf(line)})`] : []
      })
      return found.length > 0 ? failed(found.join(', ')) : passed('nothing fatal since it started')
    },
  }),
)

/** The file may begin long before the process; a line without a time is another's that was read from it. */
function isOfThisProcess({at}: FatalLine, {seen: {service}}: About): boolean {
  const process = service.known ? service.value.process : undefined
  return at !== undefined && process !== undefined && at >= process.startedAt - CLOCK_GRAIN_SECONDS
}

function writes({seen: {health}}: About, since: string | undefined): boolean {
  const version = health.known ? health.value.version : undefined
  return since === undefined || version === undefined || isAtLeast(version, since)
}

function timeOf({at}: FatalLine): string {
  return at === undefined ? '' : `, ${new Date(at * 1000).toISOString().slice(0, 19)}Z`
}
