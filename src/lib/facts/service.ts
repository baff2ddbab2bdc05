import type {Service as Manager, Node} from '../model/node.ts'
import {known, type Observation} from '../model/observation.ts'
import {commandLine, quote} from '../model/script.ts'
import {askContainer, type Container, readContainer} from './container.ts'
import {linesOf, type NodeFact, type Records, textOf} from './node-fact.ts'
import {type Candidate, PROCESS_FUNCTION, type Process, readCandidates} from './process.ts'

export interface ServiceState {
  /** `absent`: the manager does not know it. */
  readonly state: 'active' | 'changing' | 'inactive' | 'failed' | 'absent'
  /** The manager's own words. */
  readonly words: string
  /** Whether it starts at boot; undefined where the manager does not tell. */
  readonly atBoot?: boolean
  /** Undefined when no Grafana runs. */
  readonly process?: Process
  /** `GF_*` the next start would get from the manager's files: name and the file or unit that sets it. */
  readonly configured: readonly ConfiguredName[]
  /** Where docker runs it, and knows it. */
  readonly container?: Container
}

export interface ConfiguredName {
  readonly name: string
  readonly from: string
}

/** What the service manager says, and the process behind it. */
export const service: NodeFact<ServiceState> = {
  ask: ({node}) => PROCESS_FUNCTION + askManager(node),
  read: records =>
    records.has('service.container') || records.has('service.docker') ? readDocker(records) : readAny(records),
}

function askManager(node: Node): string {
  const manager: Manager = node.service
  switch (manager.manager) {
    case 'systemd':
      return askSystemd(manager.unit)
    case 'docker':
      return askContainer(manager.container)
    case 'command':
      return askCommand(commandLine(manager.status), node)
  }
}

/** One question for all: every `systemctl` costs more than the rest. The values of `Environment` stay in the shell. */
function askSystemd(unit: string): string {
  const name = quote(unit)
  return `
names() {
  [ -r "$1" ] && while read -r word rest || [ -n "$word" ]; do
    [ "$word" = export ] && word=$rest
    case $word in GF_*=*) printf '%s\\n' "\${word%%=*}" ;; esac
  done <"$1"
}
pid=0
set -f
while IFS='=' read -r key value; do
  case $key in
    Environment)
      for word in $value; do
        word=\${word#\\"}
        case $word in GF_*=*) record service.configured "\${word%%=*} "${name} ;; esac
      done
      continue ;;
    EnvironmentFiles)
      file=\${value% (ignore_errors=*}
      for word in $(names "$file"); do record service.configured "$word $file"; done ;;
    MainPID) pid=$value ;;
  esac
  [ -n "$key" ] && record service.systemd "$key=$value"
done <<SHOWN
$(systemctl show ${name} -p LoadState -p ActiveState -p SubState -p MainPID -p UnitFileState -p EnvironmentFiles -p Environment 2>/dev/null)
SHOWN
set +f
[ "\${pid:-0}" -gt 0 ] && process "$pid"`
}

/** Which of the candidates is Grafana itself is decided by the reader: the shell that asks carries the same words. */
function askCommand(status: string, node: Node): string {
  const {home, config} = node.paths
  return `
words=$(${status} 2>&1 </dev/null); code=$?
record service.command "$code $words"
for file in $(grep -lsF -e ${quote(home)} -e ${quote(config)} /proc/[0-9]*/cmdline 2>/dev/null); do
  pid=\${file#/proc/}; process "\${pid%/cmdline}"
done
record service.home ${quote(home)}
record service.config ${quote(config)}`
}

const SYSTEMD_STATES: Readonly<Record<string, ServiceState['state']>> = {
  active: 'active',
  reloading: 'active',
  activating: 'changing',
  deactivating: 'changing',
  failed: 'failed',
}

function readAny(records: Records): Observation<ServiceState> {
  return records.has('service.command') ? readCommand(records) : readSystemd(records)
}

function readSystemd(records: Records): Observation<ServiceState> {
  const shown = new Map(linesOf(records, 'service.systemd').map(line => line.split(/=(.*)/s, 2) as [string, string]))
  if (shown.size === 0) return {known: false, reason: 'systemd does not answer on the node'}
  const active = shown.get('ActiveState') ?? ''
  const absent = shown.get('LoadState') === 'not-found' && active !== 'active'
  return known({
    state: absent ? 'absent' : (SYSTEMD_STATES[active] ?? 'inactive'),
    words: `${active} (${shown.get('SubState') ?? ''})`,
    atBoot: /^enabled/.test(shown.get('UnitFileState') ?? ''),
    ...theProcess(readCandidates(records)),
    configured: linesOf(records, 'service.configured').map(line => {
      const [name = '', ...from] = line.split(' ')
      return {name, from: from.join(' ')}
    }),
  })
}

const CONTAINER_STATES: Readonly<Record<string, ServiceState['state']>> = {
  running: 'active',
  restarting: 'changing',
  dead: 'failed',
}

function readDocker(records: Records): Observation<ServiceState> {
  const seen = readContainer(records)
  if (!seen.known) return seen
  const container = seen.value
  if (!container) return known({state: 'absent', words: 'no such container', configured: []})
  return known({
    state: CONTAINER_STATES[container.status] ?? 'inactive',
    words: container.status,
    atBoot: container.restart === 'always' || container.restart === 'unless-stopped',
    ...theProcess(readCandidates(records)),
    configured: [],
    container,
  })
}

function readCommand(records: Records): Observation<ServiceState> {
  const [code = '', ...words] = textOf(records, 'service.command')?.split(' ') ?? []
  const [home = '', config = ''] = [textOf(records, 'service.home'), textOf(records, 'service.config')]
  const found = theProcess(readCandidates(records).filter(candidate => isGrafana(candidate, {home, config})))
  return known({
    state: commandState(code, found.process),
    words: words.join(' ').split('\n')[0] || `status exits ${code}`,
    ...found,
    configured: [],
  })
}

function commandState(code: string, process: Process | undefined): ServiceState['state'] {
  if (!process) return 'inactive'
  return code === '0' ? 'active' : 'changing'
}

/** True when its words name this installation as Grafana's words do. */
function isGrafana({words}: Candidate, {home, config}: {readonly home: string; readonly config: string}): boolean {
  return words.some(
    (word, place) =>
      [`--homepath=${home}`, `-homepath=${home}`, `--config=${config}`, `-config=${config}`].includes(word) ||
      (/^--?(homepath|config)$/.test(words[place - 1] ?? '') && (word === home || word === config)) ||
      word === `${home}/bin/grafana` ||
      word === `${home}/bin/grafana-server`,
  )
}

/** A wrapper carries the words of what it starts: the process without such a child is the one. */
function theProcess(candidates: readonly Candidate[]): {readonly process?: Process} {
  const processes = candidates.map(({process}) => process)
  const process = processes.find(({pid}) => !processes.some(({parent}) => parent === pid))
  return process ? {process} : {}
}
