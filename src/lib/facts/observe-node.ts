import {GhaError} from '../errors/gha-error.ts'
import {messageOf} from '../errors/message-of.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Node} from '../model/node.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
import type {Host} from '../ports/host.ts'
import type {Ports} from '../ports/ports.ts'
import {probeCaches} from './caches.ts'
import {type ClockSkew, clockSkew} from './clock-skew.ts'
import {disk} from './disk.ts'
import {AdminGate, askEffectiveSettings} from './effective-settings.ts'
import {files} from './files.ts'
import {askHealth} from './health.ts'
import {askMetrics} from './metrics.ts'
import type {NodeFact} from './node-fact.ts'
import type {Access, NodeObservation} from './node-observation.ts'
import {nodeScript} from './node-script.ts'
import {otherTools} from './other-tools.ts'
import {packages} from './package.ts'
import {dialPeers} from './peers.ts'
import {rights} from './rights.ts'
import {service} from './service.ts'
import {state} from './state.ts'

/** What an observation needs from outside. */
export type ObservePorts = Pick<Ports, 'hosts' | 'http' | 'databases' | 'caches' | 'clock'>

export type Probe = 'health' | 'metrics' | 'settings' | 'database' | 'caches' | 'peers'
export const ALL_PROBES: readonly Probe[] = ['health', 'metrics', 'settings', 'database', 'caches', 'peers']

export interface Wanted {
  /** Absolute paths of files to look at. */
  readonly files: readonly string[]
  /** What is dialled from the node, beside the one script on it. */
  readonly probes: readonly Probe[]
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
    return nothingSeen(node.name, access)
  }
}

interface Reach {
  readonly host: Host
  readonly ports: ObservePorts
  readonly wanted: Wanted
}

type OnNode = Pick<
  NodeObservation,
  'access' | 'rights' | 'clock' | 'disk' | 'package' | 'otherTools' | 'service' | 'files' | 'state'
>
type FromNode = Omit<NodeObservation, keyof OnNode | 'node'>

const FACTS = [rights, disk, packages, otherTools, service, files, state] as const

async function readOnNode({cluster, node}: Target, {host, ports, wanted}: Reach): Promise<OnNode> {
  const script = nodeScript(FACTS, {cluster, node, files: wanted.files})
  const sentAt = ports.clock.now()
  try {
    const {records, whole, complaint} = await host.run(script)
    const roundTrip = {sentAt, answeredAt: ports.clock.now()}
    const broken = unknown(`the node's answer broke off${complaint ? `: ${complaint.split('\n').at(-1)}` : ''}`)
    const read = <T>(fact: NodeFact<T>): Observation<T> => (whole ? fact.read(records) : broken)
    const clock: Observation<ClockSkew> = whole ? clockSkew(records, roundTrip) : broken
    return {
      access: {status: 'reached', transport: host.transport},
      rights: read(rights),
      clock,
      disk: read(disk),
      package: read(packages),
      otherTools: read(otherTools),
      service: read(service),
      files: read(files),
      state: read(state),
    }
  } catch (error) {
    const {node: _node, ...nothing} = nothingSeen(node.name, accessOf(error))
    return nothing
  }
}

async function probeFromNode(target: Target, {host, ports, wanted}: Reach): Promise<FromNode> {
  const door = {...target, host, http: ports.http}
  const probe = <T>(name: Probe, ask: () => Promise<Observation<T>>): Promise<Observation<T>> =>
    wanted.probes.includes(name) ? settled(ask) : Promise.resolve(unknown('not asked'))
  const [health, metrics, settings, database, caches, peers] = await Promise.all([
    probe('health', () => askHealth(door)),
    probe('metrics', () => askMetrics(door)),
    probe('settings', () => askEffectiveSettings(door, wanted.gate ?? new AdminGate())),
    probe('database', async () => known(await ports.databases.probe(target.cluster.database, host))),
    probe('caches', async () => known(await probeCaches(target.cluster, host, ports.caches))),
    probe('peers', async () => known(await dialPeers(target.cluster, target.node, host))),
  ])
  return {health, metrics, settings, database, caches, peers}
}

async function settled<T>(ask: () => Promise<Observation<T>>): Promise<Observation<T>> {
  try {
    return await ask()
  } catch (error) {
    return unknown(messageOf(error))
  }
}

function accessOf(error: unknown): Exclude<Access, {status: 'reached'}> {
  if (!(error instanceof GhaError)) {
    return {status: 'unreachable', failure: {code: 'HOST_UNREACHABLE', exit: 'bug', message: messageOf(error)}}
  }
  const {code, exit, message, hint} = error
  const status = code.startsWith('SUDO_') ? 'powerless' : 'unreachable'
  return {status, failure: {code, exit, message, ...(hint ? {hint} : {})}}
}

function nothingSeen(node: string, access: Exclude<Access, {status: 'reached'}>): NodeObservation {
  const nothing = unknown(access.failure.message)
  return {
    node,
    access,
    rights: nothing,
    clock: nothing,
    disk: nothing,
    package: nothing,
    otherTools: nothing,
    service: nothing,
    files: nothing,
    state: nothing,
    health: nothing,
    metrics: nothing,
    settings: nothing,
    database: nothing,
    caches: nothing,
    peers: nothing,
  }
}
