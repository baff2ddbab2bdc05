import {FATAL_LOGS} from '../grafana/fatal-logs.ts'
import {given} from '../model/given.ts'
import type {Service} from '../model/node.ts'
import {known, unknown} from '../model/observation.ts'
import {quote} from '../model/script.ts'
import {timeOf} from './log-time.ts'
import {linesOf, type NodeFact} from './node-fact.ts'

/** A line that tells of a fatal end, without its words: they may hold anything. */
export interface FatalLine {
  /** Of `FATAL_LOGS`. */
  readonly id: string
  /** Seconds since 1970 on the node; undefined where the line does not tell. */
  readonly at?: number
}

/** How much of a log is read at most, from its end; one line more than that is never looked at. */
const LINES = 20_000
const BYTES = 4_194_304

/** The newest: a file may begin with what an earlier process said. */
const TAKEN = 50
/** A function of awk, after a match: a long line's beginning, what was found in it, and its end, where JSON has the time. */
const SHORTENED = `function shortened(text) {
  if (length(text) <= 400) return text
  return substr(text, 1, 200) " " substr(text, RSTART, RLENGTH) " " substr(text, length(text) - 99)
}`

/** Expects to be asked after `service`, whose `$pid` it goes by. The journal is that of the process; the file may hold older lines. */
export const fatalLines: NodeFact<readonly FatalLine[]> = {
  ask: ({node}) => `
pick() {
  RE=${quote(FATAL_LOGS.map(({pattern}) => pattern).join('|'))} awk '${SHORTENED} match($0, ENVIRON["RE"]) {line[n++ % ${TAKEN}] = shortened($0)} END {for (i = n > ${TAKEN} ? n - ${TAKEN} : 0; i < n; i++) print line[i % ${TAKEN}]; print "read " NR}'
}
log=${quote(`${node.paths.logs}/grafana.log`)}
[ -r "$log" ] && record log.line "$(tail -c ${BYTES} "$log" | pick)"
${askManager(node.service)}`,
  read: records => {
    const lines = linesOf(records, 'log.line')
    const read = lines.reduce((sum, line) => sum + Number(/^read (\d+)$/.exec(line)?.[1] ?? 0), 0)
    if (read === 0) return unknown('neither a journal nor a log file can be read')
    return known(lines.flatMap(fatalLine))
  },
}

function askManager(service: Service): string {
  switch (service.manager) {
    case 'systemd':
      return `[ "\${pid:-0}" -gt 0 ] && record log.line "$(journalctl --quiet --no-pager -o short-unix -n ${LINES} _PID="$pid" 2>/dev/null | pick)"`
    case 'docker':
      return `record log.line "$(docker logs --timestamps --tail ${LINES} ${quote(service.container)} 2>&1 | pick)"`
    case 'command':
      return ':'
  }
}

function fatalLine(line: string): readonly FatalLine[] {
  const found = FATAL_LOGS.find(({pattern}) => new RegExp(pattern).test(line))
  if (!found) return []
  const at = timeOf(line)
  return [{id: found.id, ...given({at})}]
}
