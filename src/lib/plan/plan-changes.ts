import {classifyStep} from '../grafana/version-steps.ts'
import type {Cluster} from '../model/cluster.ts'
import {skippedBalancers} from '../model/load-balancer.ts'
import {compareVersions, type Version} from '../model/version.ts'
import type {BalancerFilePlan, NodePlan, Plan, Step} from './plan.ts'
import {isServing, type Situation} from './situation.ts'

/** What a run may need beyond its waits, in seconds: looks that take their time. The dead man waits for a swap by himself. */
const SLACK_SECONDS = 45

/** What a node must pass before users get it back. */
const GATE_CHECKS = [
  'service/running',
  'config/which-file',
  'grafana/health',
  'grafana/effective-settings',
  'mesh/members',
] as const

export interface Question {
  readonly cluster: Cluster
  readonly verb: Plan['verb']
  /** In the order of gha.yaml. */
  readonly situations: readonly Situation[]
  /** Left for a later run while a node is held out: loading a file would bring it back, or forget that it is out. */
  readonly balancerFiles: readonly BalancerFilePlan[]
  /** Whether the database already holds Grafana's tables. */
  readonly schemaThere: boolean
}

/**
 * `rollout` takes every node that is not as wished, one at a time; `apply` only those that serve nobody, together
 * unless the schema is still to be made. Nodes that an earlier run left out come first: until they serve no other may go.
 * Whatever may still get requests is taken alone.
 */
export function planChanges({cluster, verb, situations, balancerFiles, schemaThere}: Question): Plan {
  const due = situations.filter(needsWork)
  const idle = due.filter(situation => !isServing(situation))
  const serving = due.filter(situation => isServing(situation))
  const heldOut = serving.filter(situation => situation.heldOut)
  const untouched = serving.filter(situation => !situation.heldOut)
  const plans = (some: readonly Situation[]) => some.map(situation => planNode(cluster, situation))
  const versions = situations.flatMap(({running, version}) => (running && version ? [version] : []))
  const from = oldest(versions)
  const skipped = skippedBalancers(cluster.loadBalancer)
  return {
    verb,
    cluster: cluster.name,
    to: cluster.grafana.version,
    ...(from ? {from} : {}),
    step: classifyStep(from ?? cluster.grafana.version, cluster.grafana.version),
    waves: [
      ...wavesOfIdle(plans(idle), {alone: !schemaThere && versions.length === 0}),
      ...plans(heldOut).map(plan => [plan]),
      ...(verb === 'rollout' ? plans(canaryFirst(cluster, untouched)).map(plan => [plan]) : []),
    ],
    balancerFiles: situations.some(({heldOut}) => heldOut) ? [] : balancerFiles,
    ...(skipped.length > 0 ? {skippedBalancers: skipped} : {}),
    pending: verb === 'apply' ? untouched.map(({node, reasons}) => `${node.name}: ${reasons.join(', ')}`) : [],
  }
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

function planNode({rollout, loadBalancer}: Cluster, situation: Situation): NodePlan {
  const {node, wish, reasons, changes, seen} = situation
  return {
    node: node.name,
    release: wish.release,
    reasons: reasons.length > 0 ? reasons : ['an earlier run left it out of the balancer'],
    changes,
    seen,
    steps: stepsFor(situation, {
      rollout,
      drainTimeoutSeconds: loadBalancer.type === 'none' ? 0 : loadBalancer.drainTimeoutSeconds,
    }),
  }
}

interface Pace {
  readonly rollout: Cluster['rollout']
  readonly drainTimeoutSeconds: number
}

function stepsFor(situation: Situation, {rollout, drainTimeoutSeconds}: Pace): readonly Step[] {
  const fed = situation.running && (situation.server === 'in' || situation.server === 'drain')
  const healthySeconds = fed || situation.heldOut ? rollout.minHealthySeconds : 0
  const deadlineSeconds = rollout.healthyDeadlineSeconds
  const confirm: readonly Step[] = [
    {kind: 'gate', checks: GATE_CHECKS, healthySeconds, deadlineSeconds},
    {kind: 'disarm'},
    {kind: 'undrain'},
  ]
  if (situation.reasons.length === 0) return confirm
  const seconds = drainTimeoutSeconds + deadlineSeconds + healthySeconds + SLACK_SECONDS
  return [
    {kind: 'arm', seconds},
    ...(fed ? [{kind: 'drain', timeoutSeconds: drainTimeoutSeconds} as const] : []),
    {kind: 'activate', seconds},
    ...confirm,
  ]
}

function canaryFirst({rollout}: Cluster, situations: readonly Situation[]): readonly Situation[] {
  return situations.toSorted((a, b) => Number(b.node.name === rollout.canary) - Number(a.node.name === rollout.canary))
}

function oldest(versions: readonly Version[]): Version | undefined {
  return versions.toSorted(compareVersions)[0]
}
