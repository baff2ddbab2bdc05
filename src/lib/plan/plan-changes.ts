import {classifyStep, type VersionStep} from '../grafana/version-steps.ts'
import type {Cluster} from '../model/cluster.ts'
import {skippedBalancers} from '../model/load-balancer.ts'
import {compareVersions, sameVersion, type Version} from '../model/version.ts'
import {backupFirst} from './backup-first.ts'
import {GATE_CHECKS} from './gate-checks.ts'
import type {BalancerFilePlan, NodePlan, Plan, Step} from './plan.ts'
import {isServing, type Situation} from './situation.ts'
import {uncheckedIn} from './unchecked.ts'
import {wavesOf} from './waves.ts'

/** What a run may need beyond its waits, in seconds: looks that take their time. The dead man waits for a swap by himself. */
const SLACK_SECONDS = 45

export interface Question {
  readonly cluster: Cluster
  readonly verb: Plan['verb']
  /** In the order of gha.yaml. */
  readonly situations: readonly Situation[]
  /** Left for a later run while a node is held out or drained: loading a file would bring it back, or forget that it is out. */
  readonly balancerFiles: readonly BalancerFilePlan[]
  /** Whether the database already holds Grafana's tables. */
  readonly schemaThere: boolean
  /** Names of the nodes that may be changed; every node without it. What is left is said as pending. */
  readonly limit?: ReadonlySet<string>
  /** What the step counts as, where that does not follow from the versions. */
  readonly step?: VersionStep
}

/**
 * `rollout` takes every node that is not as wished, wave by wave; `apply` only those that serve nobody, together
 * unless the schema is still to be made. Nodes that an earlier run left out come first: until they serve no other may go.
 * Whatever may still get requests is taken alone.
 */
export function planChanges({
  cluster,
  verb,
  situations,
  balancerFiles,
  schemaThere,
  limit,
  step: given,
}: Question): Plan {
  const due = situations.filter(needsWork)
  const now = due.filter(({node}) => limit?.has(node.name) ?? true)
  const idle = now.filter(situation => !isServing(situation))
  const serving = now.filter(situation => isServing(situation))
  const heldOut = serving.filter(situation => situation.heldOut)
  const untouched = serving.filter(situation => !situation.heldOut)
  const plans = (some: readonly Situation[]) => some.map(situation => planNode(cluster, situation))
  const versions = situations.flatMap(({running, version}) => (running && version ? [version] : []))
  const from = oldest(versions)
  const step = given ?? stepTo(cluster, from)
  const firstAlone = step.kind !== 'none' && !versions.some(version => sameVersion(version, cluster.grafana.version))
  const waves = wavesOf({cluster, due: untouched, firstAlone})
  const waiting = [...due.filter(situation => !now.includes(situation)), ...(verb === 'apply' ? untouched : [])]
  const skipped = skippedBalancers(cluster.loadBalancer)
  const unchecked = now.length > 0 ? uncheckedIn(cluster) : []
  return {
    verb,
    cluster: cluster.name,
    to: cluster.grafana.version,
    ...(from ? {from} : {}),
    step,
    ...backupFirst(cluster, {situations, schemaThere, idle: now.length === 0}),
    waves: [
      ...wavesOfIdle(plans(idle), {alone: !schemaThere && versions.length === 0}),
      ...plans(heldOut).map(plan => [plan]),
      ...(verb === 'rollout' ? waves.map(wave => planWave(cluster, wave)) : []),
    ],
    balancerFiles: limit || situations.some(({heldOut, drained}) => heldOut || drained) ? [] : balancerFiles,
    ...(skipped.length > 0 ? {skippedBalancers: skipped} : {}),
    ...(unchecked.length > 0 ? {unchecked} : {}),
    pending: [
      ...waiting.map(({node, reasons}) => `${node.name}: ${whyOf(reasons).join(', ')}`),
      ...(limit ? balancerFiles.map(({balancer, change, path}) => `${balancer}: ${change} ${path}`) : []),
    ],
  }
}

/** From nothing it is as from the same. */
function stepTo({grafana}: Cluster, from: Version | undefined): VersionStep {
  return classifyStep(from ?? grafana.version, grafana.version)
}

function needsWork({reasons, heldOut, armed, running, server}: Situation): boolean {
  return reasons.length > 0 || heldOut || armed || (!running && server !== 'in')
}

function wavesOfIdle(plans: readonly NodePlan[], {alone}: {readonly alone: boolean}): readonly (readonly NodePlan[])[] {
  const [first, ...rest] = plans
  if (!first) return []
  if (!alone || rest.length === 0) return [plans]
  return [[first], rest]
}

/** Who goes together waits for one another: they start one by one. */
function planWave(cluster: Cluster, wave: readonly Situation[]): readonly NodePlan[] {
  return wave.map(situation => planNode(cluster, situation, wave.length - 1))
}

function planNode({rollout, loadBalancer}: Cluster, situation: Situation, mates = 0): NodePlan {
  const {node, wish, reasons, changes, seen} = situation
  return {
    node: node.name,
    release: wish.release,
    reasons: whyOf(reasons),
    changes,
    seen,
    steps: stepsFor(situation, {
      rollout,
      mates,
      drainTimeoutSeconds: loadBalancer.type === 'none' ? 0 : loadBalancer.drainTimeoutSeconds,
    }),
  }
}

function whyOf(reasons: readonly string[]): readonly string[] {
  return reasons.length > 0 ? reasons : ['an earlier run left it out of the balancer']
}

interface Pace {
  /** How many others of its wave may start before it. */
  readonly mates: number
  readonly rollout: Cluster['rollout']
  readonly drainTimeoutSeconds: number
}

function stepsFor(situation: Situation, {rollout, mates, drainTimeoutSeconds}: Pace): readonly Step[] {
  const fed = situation.running && (situation.server === 'in' || situation.server === 'drain')
  const healthySeconds = fed || situation.heldOut ? rollout.minHealthySeconds : 0
  const deadlineSeconds = rollout.healthyDeadlineSeconds
  const confirm: readonly Step[] = [
    {kind: 'gate', checks: GATE_CHECKS, healthySeconds, deadlineSeconds},
    {kind: 'disarm'},
    {kind: situation.drained ? 'leave-drained' : 'undrain'},
  ]
  if (situation.reasons.length === 0) return confirm
  const seconds = drainTimeoutSeconds + deadlineSeconds * (1 + mates) + healthySeconds + SLACK_SECONDS
  return [
    {kind: 'arm', seconds},
    ...(fed ? [{kind: 'drain', timeoutSeconds: drainTimeoutSeconds} as const] : []),
    {kind: 'activate', seconds},
    ...confirm,
    ...(fed && !situation.drained && rollout.probe
      ? [{kind: 'soak', seconds: rollout.probe.soakSeconds} as const]
      : []),
  ]
}

function oldest(versions: readonly Version[]): Version | undefined {
  return versions.toSorted(compareVersions)[0]
}
