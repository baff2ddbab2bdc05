import {type ChildProcess, spawn} from 'node:child_process'
import {bringDown, removeAbandoned} from './down.ts'
import {carryBetween, cutPower, heal, loseBetween, powerOff, powerOn, pull, reboot} from './faults.ts'
import {inHost} from './hosts/host.ts'
import {namespaceFile} from './layout.ts'
import {addNode, removeNode} from './nodes.ts'
import {type ProcessId, thisProcess} from './processes.ts'
import {type Argv, type Outcome, type RunOptions, run} from './run.ts'
import {type ServerName, startServer, stopServer} from './servers/servers.ts'
import {type LabState, readState} from './state.ts'
import {bringUp} from './up.ts'

export interface UpOptions {
  readonly nodes?: number
  readonly name?: string
  /** A folder with grafana_*.deb, in place of the double's packages. */
  readonly grafanaDebs?: string | undefined
  /** What the nodes live by; deb where nothing is said. */
  readonly packages?: 'deb' | 'rpm'
  /** A lab whose owner ends without removing it is removed by whoever makes the next lab. Usually this process. */
  readonly owner?: ProcessId | 'nobody'
  readonly docker?: true | undefined
  readonly say?: (line: string) => void
  readonly signal?: AbortSignal
}

export interface Lab {
  readonly name: string
  readonly state: () => LabState
  /** Runs a program where the operator sits. */
  readonly operator: (argv: Argv, options?: RunOptions) => Promise<Outcome>
  /** Starts a program where the operator sits; the caller ends it. */
  readonly spawnOperator: (argv: Argv, options?: RunOptions) => ChildProcess
  /** The same in any part's place in the network. */
  readonly spawnIn: (part: string, argv: Argv) => ChildProcess
  /** Runs a program as root on a host, past its network and its sshd. */
  readonly onNode: (host: string, argv: Argv, options?: RunOptions) => Promise<Outcome>
  /** Runs a program of this machine in a host's place in the network. */
  readonly inNetworkOf: (part: string, argv: Argv, options?: RunOptions) => Promise<Outcome>
  readonly addNode: (name?: string) => Promise<void>
  readonly removeNode: (name: string) => Promise<void>
  readonly powerOff: (host: string) => Promise<void>
  /** The power fails: no process gets a chance to say anything. */
  readonly cutPower: (host: string) => Promise<void>
  readonly powerOn: (host: string) => Promise<void>
  readonly reboot: (host: string) => Promise<void>
  /** Pulls a part's network cable; `heal` puts it back. Also for `servers` and `operator`. */
  readonly cutNetwork: (part: string) => Promise<void>
  readonly healNetwork: (part: string) => Promise<void>
  /** Two parts lose sight of each other only. */
  readonly cutBetween: (one: string, other: string) => Promise<void>
  readonly healBetween: (one: string, other: string) => Promise<void>
  readonly startServer: (server: ServerName) => Promise<void>
  readonly stopServer: (server: ServerName, how?: NodeJS.Signals) => Promise<void>
  readonly down: () => Promise<void>
}

/** Makes a lab: hosts with their own systemd, sshd, sudo and apt, balancers, databases, and a place for the operator. */
export async function upLab(options: UpOptions = {}): Promise<Lab> {
  const {
    nodes = 3,
    name = 'lab',
    owner = thisProcess(),
    say = () => {},
    grafanaDebs,
    docker,
    packages,
    signal,
  } = options
  // The modes of what hosts and servers read must not depend on who makes the lab.
  const umask = process.umask(0o022)
  try {
    await removeAbandoned(say)
    await bringUp({
      name,
      nodes,
      grafanaDebs,
      docker,
      packages,
      say,
      signal,
      owner: owner === 'nobody' ? undefined : owner,
    })
  } finally {
    process.umask(umask)
  }
  return openLab(name)
}

/** A handle on a lab that exists. */
export function openLab(name: string): Lab {
  readState(name)
  const state = () => readState(name)
  const enter = (part: string, argv: Argv): Argv => ['nsenter', `--net=${namespaceFile(name, part)}`, '--', ...argv]
  return {
    name,
    state,
    operator: (argv, runOptions) => run(enter('operator', argv), runOptions),
    spawnOperator: (argv, runOptions) => start(enter('operator', argv), runOptions),
    spawnIn: (part, argv) => start(enter(part, argv)),
    onNode: (host, argv, runOptions) => run(inHost(name, host, argv), runOptions),
    inNetworkOf: (part, argv, runOptions) => run(enter(part, argv), runOptions),
    addNode: node => addNode(state(), node),
    removeNode: node => removeNode(state(), node),
    powerOff: host => powerOff(name, host),
    cutPower: host => cutPower(name, host),
    powerOn: host => powerOn(state(), host),
    reboot: host => reboot(name, host),
    cutNetwork: part => pull(name, part),
    healNetwork: part => heal(name, part),
    cutBetween: (one, other) => loseBetween(state(), one, other),
    healBetween: (one, other) => carryBetween(state(), one, other),
    startServer: server => startServer(state(), server),
    stopServer: (server, how) => stopServer(state(), server, how),
    down: () => bringDown(name),
  }
}

function start([program, ...words]: Argv, {env, cwd}: RunOptions = {}): ChildProcess {
  return spawn(program, words, {stdio: ['pipe', 'pipe', 'pipe'], env: {...process.env, ...env}, ...(cwd && {cwd})})
}
