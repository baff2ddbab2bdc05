import {GhaError} from '../errors/gha-error.ts'
import {messageOf} from '../errors/message-of.ts'
import type {Cluster} from '../model/cluster.ts'
import {given} from '../model/given.ts'
import type {Node} from '../model/node.ts'
import {unknown} from '../model/observation.ts'
import type {Host} from '../ports/host.ts'
import type {Ports} from '../ports/ports.ts'
import {AdminGate} from './as-admin.ts'
import {clockSkew} from './clock-skew.ts'
import {fatalLines} from './fatal-lines.ts'
import {migratorLines} from './migrator-lines.ts'
import {eachFact, NODE_FACTS} from './node-facts.ts'
import type {Access, NodeObservation} from './node-observation.ts'
import {nodeScript} from './node-script.ts'
import {eachProbe, PROBES, type Probe, type Probed} from './probes.ts'

/** What an observation needs from outside. */
export type ObservePorts = Pick<Ports, 'hosts' | 'http' | 'databases' | 'caches' | 'clock'>

export interface Wanted {
  /** Absolute paths of files to look at. */
  readonly files: readonly string[]
  /** Ids of plugins to look at; none is looked at without it. */
  readonly plugins?: readonly string[]
  readonly probes: readonly Probe[]
  /** Whether to look for fatal lines in Grafana's log, since its process began. */
  readonly log?: boolean
  /** Whether to look for what Grafana says of its migrations. */
  readonly migrators?: boolean
  /** Shared by the nodes of one observation. */
  readonly gate?: AdminGate
}

interface Target {
  readonly cluster: Cluster
  readonly node: Node
}

/** One connection, one script, all probes at once. What cannot be seen is unknown with its reason; nothing is thrown. */
export async function observeNode(target: Target, ports: ObservePorts, wanted: Wanted): Promise<NodeObservation> {
  const {node} = target
  try {
    const host = await ports.hosts.connect(node.name, node.ssh)
    const [onNode, fromNode] = await Promise.all([
      readOnNode(target, {host, ports, wanted}),
      probeFromNode(target, {host, ports, wanted}),
    ])
    return {node: node.name, ...onNode, ...fromNode}
  } catch (error) {
    const access = accessOf(error)
    const reason = access.failure.message
    return {node: node.name, ...nothingOnNode(access, reason), ...(await eachProbe(async () => unknown(reason)))}
  }
}

interface Reach {
  readonly host: Host
  readonly ports: ObservePorts
  readonly wanted: Wanted
}

type OnNode = Omit<NodeObservation, 'node' | Probe>

async function readOnNode({cluster, node}: Target, {host, ports, wanted}: Reach): Promise<OnNode> {
  const asked = [...(wanted.log ? [fatalLines] : []), ...(wanted.migrators ? [migratorLines] : [])]
  const facts = [...Object.values(NODE_FACTS), ...asked]
  const {files, plugins} = wanted
  const script = nodeScript(facts, {cluster, node, files, ...given({plugins})})
  const sentAt = ports.clock.now()
  try {
    const {records, whole, complaint} = await host.run(script)
    const roundTrip = {sentAt, answeredAt: ports.clock.now()}
    const access = {status: 'reached', transport: host.transport} as const
    if (whole) {
      const log = wanted.log ? {fatalLines: fatalLines.read(records)} : {}
      const migrators = wanted.migrators ? {migratorLines: migratorLines.read(records)} : {}
      const clock = clockSkew(records, roundTrip)
      return {access, clock, ...eachFact(fact => fact.read(records)), ...log, ...migrators}
    }
    return nothingOnNode(access, `the node's answer broke off${complaint ? `: ${complaint.split('\n').at(-1)}` : ''}`)
  } catch (error) {
    const access = accessOf(error)
    return nothingOnNode(access, access.failure.message)
  }
}

function nothingOnNode(access: Access, reason: string): OnNode {
  return {access, clock: unknown(reason), ...eachFact(() => unknown(reason))}
}

function probeFromNode(target: Target, {host, ports, wanted}: Reach): Promise<Probed> {
  const vantage = {...target, ...ports, host, gate: wanted.gate ?? new AdminGate()}
  return eachProbe(async name => {
    if (!wanted.probes.includes(name)) return unknown('not asked')
    try {
      return await PROBES[name](vantage)
    } catch (error) {
      return unknown(messageOf(error))
    }
  })
}

function accessOf(error: unknown): Exclude<Access, {status: 'reached'}> {
  if (!(error instanceof GhaError)) {
    return {status: 'unreachable', failure: {code: 'HOST_UNREACHABLE', exit: 'bug', message: messageOf(error)}}
  }
  const {code, exit, message, hint} = error
  const status = code.startsWith('SUDO_') ? 'powerless' : 'unreachable'
  return {status, failure: {code, exit, message, ...(hint ? {hint} : {})}}
}
