import type {NodeWish} from '../checks/check.ts'
import {GhaError} from '../errors/gha-error.ts'
import type {Activation} from '../host/activation.ts'
import {installMethod} from '../host/install/method.ts'
import {serviceControl} from '../host/service/control.ts'
import type {Staged} from '../host/stage.ts'
import type {Cluster} from '../model/cluster.ts'
import {given} from '../model/given.ts'
import type {HookName} from '../model/hook.ts'
import type {Node} from '../model/node.ts'
import type {Script} from '../model/script.ts'
import {type NodePlan, nodesOf, type Plan, type StepKind} from '../plan/plan.ts'
import type {Balancer} from '../ports/balancer.ts'
import type {Journal} from '../ports/journal.ts'
import type {Ports} from '../ports/ports.ts'
import type {Watch} from '../probe/watch.ts'
import type {Lock} from './lock.ts'
import type {Trials} from './trials.ts'
import type {Turnstile} from './turnstile.ts'
import {whenFree} from './when-free.ts'

/** A run before its nodes are staged. */
export interface UnstagedRun {
  readonly cluster: Cluster
  readonly plan: Plan
  readonly ports: Ports
  readonly balancer: Balancer
  readonly lock: Lock
  readonly journal: Journal
  readonly wishes: ReadonlyMap<string, NodeWish>
  /** What was called for, as hooks are told. */
  readonly calledFor: 'apply' | 'rollout' | 'undo'
  /** Grafanas that start together fight for the migration lock, and whoever loses ends: so they start one by one. */
  readonly starts: Turnstile
  readonly trials: Trials
  /** True after the first Ctrl-C: the node under way is finished, no other begins. */
  readonly stopRequested: () => boolean
  /** Who watches what users get; undefined where nobody does. */
  readonly watch?: Pick<Watch, 'spent' | 'knowsBefore'>
  readonly progress: (event: ProgressEvent) => void
}

/** What every step of a run may use. */
export interface Run extends UnstagedRun {
  /** Node → what it goes back to; filled by staging, before the first drain. */
  readonly staged: ReadonlyMap<string, Staged>
}

/** One node's turn. */
export interface Turn {
  readonly run: Run
  readonly node: Node
  readonly plan: NodePlan
}

export type StepName = StepKind | HookName | 'stage' | 'revert' | 'may-it-go'

/** Whoever waits does so until Grafana is seen to have migrated. */
export type DeadManIs = 'armed' | 'waiting' | 'gone'

export type ProgressEvent =
  | {readonly type: 'run-started'; readonly run: string; readonly nodes: readonly string[]}
  | {readonly type: 'step-started'; readonly node: string; readonly step: StepName; readonly detail: string}
  | {
      readonly type: 'step-done'
      readonly node: string
      readonly step: StepName
      readonly milliseconds: number
      readonly detail: string
    }
  | {readonly type: 'step-failed'; readonly node: string; readonly step: StepName; readonly message: string}
  | {readonly type: 'node-done'; readonly node: string; readonly milliseconds: number; readonly drained: boolean}
  | {readonly type: 'dead-man'; readonly node: string; readonly is: DeadManIs}
  /** What was still open when the time to drain was over: WebSockets and long polls do not end by themselves. */
  | {readonly type: 'connections-cut'; readonly node: string; readonly count: number}
  | HookProgress
  /** Every node serves, and somebody is to say that it is good. */
  | {readonly type: 'trial-begun'; readonly seconds: number}
  | {readonly type: 'trial-over'; readonly kept: boolean; readonly why: string}
  | {readonly type: 'note'; readonly node?: string; readonly text: string}

/** Without a node where the hook is not about one. */
export type HookProgress = {readonly hook: HookName; readonly node?: string} & (
  | {readonly type: 'hook-started'; readonly words: string}
  /** A line of its output. */
  | {readonly type: 'hook-said'; readonly line: string}
  | {readonly type: 'hook-done'; readonly milliseconds: number}
  | {readonly type: 'hook-failed'; readonly message: string; readonly onFailure: 'warn' | 'stop'}
)

export function nodeNamed(cluster: Cluster, name: string): Node {
  const node = cluster.nodes.find(candidate => candidate.name === name)
  if (!node) throw new TypeError(`no node ${name}`)
  return node
}

export function activationOf({cluster, lock}: Pick<UnstagedRun, 'cluster' | 'lock'>, node: Node): Activation {
  return {
    state: node.paths.state,
    lease: lock.lease,
    install: installMethod(cluster, node),
    service: serviceControl(node.service, node.paths.state),
  }
}

/**
 * The release that the node goes back to by itself; undefined where there is none, or its package cannot be had any
 * more, where it would not read what a migration wrote, and where gha.yaml wants no node to go back.
 */
export function wayBackOf({cluster, staged, plan}: Run, node: Node): string | undefined {
  if (plan.step.kind === 'single-writer' || !cluster.rollout.autoRevert) return undefined
  const found = staged.get(node.name)
  if (!found) return wayBackOfEarlierRun(plan, node)
  return found.wayBack && !found.overMigration ? found.previous : undefined
}

function wayBackOfEarlierRun(plan: Plan, node: Node): string | undefined {
  const steps = nodesOf(plan).flatMap(each => (each.node === node.name ? each.steps : []))
  return steps.find(step => step.kind === 'rearm')?.wayBack
}

/** What it takes to change a node. */
export type Hand = Pick<UnstagedRun, 'ports' | 'lock' | 'progress'>

/** Runs a script on the node, unless the lock is lost. One that changes something waits for whoever is at work there. */
export async function runOn<T>(run: Hand, node: Node, script: Script<T>): Promise<T> {
  const {ports, lock, progress} = run
  const connect = () => ports.hosts.connect(node.name, node.ssh)
  if (!script.mutates) return (await connect()).run(script)
  const change = async () => {
    holdsLock(run, node)
    return lock.mail.through(await connect(), node.name, script)
  }
  const say = () =>
    progress({type: 'note', text: `${node.name}: waiting for another script of gha that is at work there`})
  return whenFree(change, {clock: ports.clock, say})
}

/** A node, or a host of the balancer. */
export type Place = Pick<Node, 'name'>

/** @throws GhaError `LOCK_LOST`: a run that lost its lock changes nothing more, at the balancer neither. */
export function holdsLock({lock}: Pick<UnstagedRun, 'lock'>, place?: Place): void {
  const lost = lock.lost()
  if (lost === undefined) return
  throw new GhaError(lost, {
    code: 'LOCK_LOST',
    exit: 'locked',
    unchanged: 'This run changes nothing more.',
    hint: 'Look at the cluster with `gha status`.',
    ...given({node: place?.name}),
  })
}
