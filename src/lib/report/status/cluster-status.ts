import {type About, eachNode, type Judged} from '../../checks/check.ts'
import type {MeshMetrics} from '../../facts/metrics.ts'
import type {NodeObservation} from '../../facts/node-observation.ts'
import type {KeptState} from '../../facts/state.ts'
import {type Drained, describeDrain, isExpired} from '../../model/drain-record.ts'
import {given} from '../../model/given.ts'
import {type LockHolder, parseHolder} from '../../model/lease.ts'
import {seen} from '../../model/observation.ts'
import {formatVersion} from '../../model/version.ts'
import type {BalancerView} from '../../ports/balancer.ts'

/** One screen of the cluster. What is undefined could not be seen. */
export interface ClusterStatus {
  readonly cluster: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly wishedVersion: string
  readonly lock?: HeldLock
  /** Why the balancer could not be asked. */
  readonly balancerSilent?: string
  readonly nodes: readonly NodeStatus[]
}

export interface HeldLock extends Pick<LockHolder, 'run' | 'owner' | 'hostname' | 'reason' | 'since'> {
  readonly renewedSecondsAgo: number
  readonly nodes: readonly string[]
}

export interface NodeStatus {
  readonly node: string
  readonly zone?: string
  readonly reached: boolean
  /** One per balancer host; empty without a balancer. */
  readonly balancer?: readonly Pick<BalancerView, 'balancer' | 'state' | 'words' | 'current'>[]
  /** What runs, or else what is installed. */
  readonly version?: string
  readonly config?: ConfigStatus
  readonly upSeconds?: number
  readonly databaseMilliseconds?: number
  readonly mesh?: Pick<MeshMetrics, 'members' | 'position'>
  /** An operator took it out of the balancer. */
  readonly drained?: Drained & {readonly expired: boolean}
  readonly notes: readonly string[]
}

export interface ConfigStatus {
  /** Of the release on the node: an HMAC, safe to publish. */
  readonly fingerprint?: string
  /** `changed`: somebody edited the files of that release. `pending`: gha.yaml says something else by now. */
  readonly state: 'as wished' | 'pending' | 'changed' | 'none'
}

/** Folds one look into one screen. */
export function clusterStatus(judged: Judged): ClusterStatus {
  const {cluster, observation} = judged
  const lock = heldLock(judged)
  return {
    cluster: cluster.name,
    at: observation.at,
    wishedVersion: formatVersion(cluster.grafana.version),
    ...(lock ? {lock} : {}),
    ...(observation.balancer.known ? {} : {balancerSilent: observation.balancer.reason}),
    nodes: eachNode(judged).map(nodeStatus),
  }
}

function nodeStatus(about: About): NodeStatus {
  const {node, seen: observed, judged} = about
  const views = seen(judged.observation.balancer)?.filter(({server}) => server === node.balancerName)
  const process = seen(observed.service)?.process
  const nodeNow = judged.observation.at / 1000 + (seen(observed.clock)?.seconds ?? 0)
  const mesh = seen(observed.metrics)
  return given({
    node: node.name,
    zone: node.zone,
    reached: observed.access.status === 'reached',
    balancer: views?.map(({balancer, state, words, current}) => given({balancer, state, words, current})),
    version: versionOf(about),
    config: configStatus(about),
    upSeconds: process && Math.max(0, Math.round(nodeNow - process.startedAt)),
    databaseMilliseconds: latency(about),
    mesh: mesh?.members === undefined ? undefined : given({members: mesh.members, position: mesh.position}),
    drained: drainedOf(observed),
    notes: notesOf(about),
  })
}

function drainedOf({state}: NodeObservation): NodeStatus['drained'] {
  const drained = seen(state)?.drained
  return drained && {...drained, expired: isExpired(drained)}
}

function versionOf({seen: {health, package: installed}}: About): string | undefined {
  const version = seen(health)?.version ?? seen(installed)?.installed?.version
  return version && formatVersion(version)
}

function latency({seen: {database}}: About): number | undefined {
  const report = seen(database)
  return report?.outcome === 'answered' ? report.latencyMilliseconds : undefined
}

function configStatus({seen: {state, files}, wish}: About): ConfigStatus | undefined {
  if (!state.known || !files.known) return undefined
  const fingerprint = /-([0-9a-f]{12})$/.exec(state.value.release ?? '')?.[1]
  if (fingerprint === undefined) return {state: 'none'}
  const isSame = wish.files.every(({path, sha256}) => {
    const file = files.value.get(path)
    return file?.exists && file.sha256 === sha256
  })
  if (fingerprint !== wish.fingerprint) return {fingerprint, state: 'pending'}
  return {fingerprint, state: isSame ? 'as wished' : 'changed'}
}

function notesOf({cluster, seen: {access, service, health, state, database}}: About): readonly string[] {
  if (access.status !== 'reached') return [access.failure.message]
  const running = seen(service)?.process !== undefined
  const report = seen(database)
  const grafana = seen(health)
  return [
    ...(service.known && !running ? [`service is ${service.value.words}`] : []),
    ...(running && !health.known ? [`Grafana does not answer: ${health.reason}`] : []),
    ...(grafana && (grafana.status !== 200 || grafana.database !== 'ok')
      ? [`unhealthy: ${grafana.status}, database ${grafana.database}`]
      : []),
    ...(report && report.outcome !== 'answered' ? [`${cluster.database.type}: ${report.outcome}`] : []),
    ...keptNotes(seen(state)),
  ]
}

function keptNotes(state: KeptState | undefined): readonly string[] {
  return [
    ...(state?.drained ? [describeDrain(state.drained)] : []),
    ...(state?.out ? [`held out by run ${state.out}`] : []),
    ...(state?.armed ? [state.armed.waits ? 'dead man waits: Grafana may migrate' : 'dead man armed'] : []),
    ...(state?.reverted ? ['the dead man put the old release back'] : []),
  ]
}

function heldLock(judged: Judged): HeldLock | undefined {
  const held = eachNode(judged).flatMap(({node, seen: {state}}) => {
    const lock = seen(state)?.lock
    const holder = lock && parseHolder(lock.text)
    return holder ? [{node: node.name, holder, ageSeconds: lock.ageSeconds}] : []
  })
  const newest = held.toSorted((a, b) => a.ageSeconds - b.ageSeconds)[0]
  if (!newest) return undefined
  const {run, owner, hostname, reason, since} = newest.holder
  const nodes = held.filter(({holder}) => holder.run === run).map(({node}) => node)
  return {run, owner, hostname, reason, since, renewedSecondsAgo: newest.ageSeconds, nodes}
}
