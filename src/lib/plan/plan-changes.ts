import type {VersionStep} from '../grafana/version-steps.ts'
import type {Cluster} from '../model/cluster.ts'
import {skippedBalancers} from '../model/load-balancer.ts'
import {sameVersion, type Version} from '../model/version.ts'
import {backupFirst} from './backup-first.ts'
import type {NodePlan, Plan} from './plan.ts'
import {planNode, whyOf} from './plan-node.ts'
import type {Question} from './question.ts'
import {isMigrating, isYetToMigrate, singleWriterWaves} from './single-writer.ts'
import {isServing, type Situation} from './situation.ts'
import {uncheckedIn} from './unchecked.ts'
import {versionStepOf} from './version-step.ts'
import {wavesOf} from './waves.ts'

/** What is to be done, and in which order: `rollout` takes every node that is not as wished, `apply` those that serve nobody. */
export function planChanges(question: Question): Plan {
  const {cluster, verb, situations, balancerFiles, limit} = question
  const to = cluster.grafana.version
  const {from, step} = versionStepOf(question)
  const due = situations.filter(needsWork)
  const skipped = skippedBalancers(cluster.loadBalancer)
  const idle = !due.some(({node}) => limit?.has(node.name) ?? true)
  const unchecked = idle ? [] : uncheckedIn(cluster)
  const waits = limit !== undefined || situations.some(({heldOut, drained}) => heldOut || drained)
  return {
    verb,
    cluster: cluster.name,
    to,
    ...(from ? {from} : {}),
    step,
    onFailure: onFailureIn(cluster, from),
    ...backupFirst(cluster, {
      situations: situations.filter(situation => !isYetToMigrate(situation, question)),
      schemaThere: question.schema.there && !isMigrating(question),
      idle,
    }),
    ...(verb === 'rollout' && step.kind === 'single-writer'
      ? singleWriterWaves(question, {due, from: from ?? to})
      : {waves: rollingWaves(question, {due, step})}),
    balancerFiles: waits ? [] : balancerFiles,
    ...(skipped.length > 0 ? {skippedBalancers: skipped} : {}),
    ...(unchecked.length > 0 ? {unchecked} : {}),
    pending: pendingOf(question, due),
  }
}

function onFailureIn({rollout, grafana}: Cluster, from: Version | undefined): Plan['onFailure'] {
  if (!rollout.autoRevert) return 'hold-out'
  const broughtByOthers = grafana.install.method === 'none' && from && !sameVersion(from, grafana.version)
  return broughtByOthers ? 'cannot-go-back' : 'go-back'
}

function needsWork({reasons, heldOut, armed, running, server}: Situation): boolean {
  return reasons.length > 0 || heldOut || armed !== undefined || (!running && server !== 'in')
}

interface Due {
  readonly due: readonly Situation[]
  readonly step: VersionStep
}

/**
 * Nodes that serve nobody go together, unless the schema is still to be made. Then those that an earlier run left out, or
 * that one balancer host finds down: until they serve no other may go. Whatever may still get requests goes wave by wave.
 */
function rollingWaves({cluster, verb, situations, schema, limit}: Question, {due, step}: Due): Plan['waves'] {
  const now = due.filter(({node}) => limit?.has(node.name) ?? true)
  const serving = now.filter(isServing)
  const versions = situations.flatMap(({running, version}) => (running && version ? [version] : []))
  const firstAlone = step.kind !== 'none' && !versions.some(version => sameVersion(version, cluster.grafana.version))
  const ahead = serving.filter(({heldOut, server}) => heldOut || server === 'down')
  const waves = wavesOf({cluster, due: serving.filter(situation => !ahead.includes(situation)), firstAlone})
  const idle = now.filter(situation => !isServing(situation))
  return [
    ...wavesOfIdle(idle, {alone: !schema.there && versions.length === 0}),
    ...ahead.filter(({heldOut}) => heldOut || verb === 'rollout').map(situation => [situation]),
    ...(verb === 'rollout' ? waves : []),
  ].map(wave => wave.map(situation => planTogether(cluster, situation, wave)))
}

/** Who goes together waits for one another: they start one by one. */
function planTogether(cluster: Cluster, situation: Situation, wave: readonly Situation[]): NodePlan {
  return planNode(cluster, situation, {kind: 'rolling', mates: wave.length - 1})
}

function wavesOfIdle(
  idle: readonly Situation[],
  {alone}: {readonly alone: boolean},
): readonly (readonly Situation[])[] {
  const [first, ...rest] = idle
  if (!first) return []
  if (!alone || rest.length === 0) return [idle]
  return [[first], rest]
}

/** What another command, or one without a limit, still has to do. */
function pendingOf({verb, limit, balancerFiles}: Question, due: readonly Situation[]): readonly string[] {
  const beyond = limit ? due.filter(({node}) => !limit.has(node.name)) : []
  const inTime = due.filter(situation => !beyond.includes(situation))
  const serving = verb === 'apply' ? inTime.filter(situation => isServing(situation) && !situation.heldOut) : []
  return [
    ...[...beyond, ...serving].map(({node, reasons}) => `${node.name}: ${whyOf(reasons).join(', ')}`),
    ...(limit ? balancerFiles.map(({balancer, change, path}) => `${balancer}: ${change} ${path}`) : []),
  ]
}
