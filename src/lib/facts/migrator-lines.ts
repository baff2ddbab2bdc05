import {MIGRATOR_LINE, type MigratorSaid, readMigratorLine} from '../grafana/migrator-line.ts'
import {given} from '../model/given.ts'
import type {Service} from '../model/node.ts'
import {known} from '../model/observation.ts'
import {quote} from '../model/script.ts'
import {timeOf} from './log-time.ts'
import {linesOf, type NodeFact} from './node-fact.ts'

/** What Grafana says of its migrations. */
export interface MigratorLine extends MigratorSaid {
  /** Seconds since 1970 on the node; undefined where the line does not tell. */
  readonly at?: number
}

/** How much of a log is looked through, from its end, and how many lines of it are taken, each cut off. */
const LINES = 4000
const BYTES = 1_048_576
const TAKEN = 20
const LONGEST = 1000

/**
 * The newest lines of the migrators, in their order, also of processes that are gone. The file is read only where
 * neither journal nor container tells: mostly the same lines stand in both.
 */
export const migratorLines: NodeFact<readonly MigratorLine[]> = {
  ask: ({node}) => `
migrators() {
  RE=${quote(MIGRATOR_LINE)} awk '$0 ~ ENVIRON["RE"] && $0 !~ /le?ve?l"?[=:]"?de?bu?g/ {line[n++ % ${TAKEN}] = substr($0, 1, ${LONGEST})} END {for (i = n > ${TAKEN} ? n - ${TAKEN} : 0; i < n; i++) print line[i % ${TAKEN}]}'
}
log=${quote(`${node.paths.logs}/grafana.log`)}
said=
${askManager(node.service)}
[ -z "$said" ] && [ -r "$log" ] && said=$(tail -c ${BYTES} "$log" | migrators)
record migrator.line "$said"`,
  read: records =>
    known(
      linesOf(records, 'migrator.line').flatMap(line => {
        const said = readMigratorLine(line)
        return said ? [{...said, ...given({at: timeOf(line)})}] : []
      }),
    ),
}

function askManager(service: Service): string {
  switch (service.manager) {
    case 'systemd':
      return `said=$(journalctl --quiet --no-pager -o cat -n ${LINES} -u ${quote(service.unit)} 2>/dev/null | migrators)`
    case 'docker':
      return `said=$(docker logs --tail ${LINES} ${quote(service.container)} 2>&1 | migrators)`
    case 'command':
      return ':'
  }
}
