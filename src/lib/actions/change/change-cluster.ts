import path from 'node:path'
import {setVersion} from '../../config/set-version.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import type {Cluster} from '../../model/cluster.ts'
import {beyond} from '../../plan/beyond.ts'
import {type BalancerFilePlan, isEmpty, nodesOf, type Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import type {RenderMaterial} from '../../render/render-material.ts'
import type {RenderedFile} from '../../render/rendered-file.ts'
import {takeDatabaseLock} from '../../rollout/database-lock.ts'
import {execute, type NodeOutcome} from '../../rollout/execute.ts'
import {type Lock, takeLock} from '../../rollout/lock.ts'
import type {ProgressEvent, Run} from '../../rollout/run.ts'
import {stageNodes} from '../../rollout/stage-nodes.ts'
import {Turnstile} from '../../rollout/turnstile.ts'
import {archiveOf} from './archive.ts'
import {type Difference, differencesOf} from './differences.ts'
import {refuseForeign, refuseLoss, refuseNoDatabase, refuseUnsupported, refuseVersionStep} from './refusals.ts'
import {type Survey, survey} from './survey.ts'
import {writeBalancerFiles} from './write-balancer-files.ts'

export interface ChangeRequest {
  readonly verb: Plan['verb']
  /** The cluster as wished, another version included. */
  readonly cluster: Cluster
  readonly material: RenderMaterial
  /** What to write into `grafana.version` once the plan is confirmed. */
  readonly writesVersion: boolean
  readonly dryRun: boolean
  readonly takeOver: readonly string[]
  readonly acceptLoss: boolean
  readonly lockWaitSeconds: number
  /** The command line, for whoever meets the lock. */
  readonly reason: string
  readonly confirm: (plan: Plan, differences: readonly Difference[]) => Promise<boolean>
  readonly stopRequested: () => boolean
  readonly progress: (event: ProgressEvent) => void
}

export type ChangeResult =
  | {readonly result: 'as-wished' | 'planned' | 'declined'; readonly plan: Plan}
  | {
      readonly result: 'done' | 'stopped' | 'reverted' | 'partial'
      readonly plan: Plan
      readonly run: string
      readonly milliseconds: number
      readonly nodes: readonly NodeOutcome[]
      /** What is still to be done, in words, by a last look at the world. */
      readonly left: readonly string[]
    }

/** observe → plan → act → verify: only the last observation may say that it is done. */
export async function changeCluster(request: ChangeRequest, ports: Ports): Promise<ChangeResult> {
  const {cluster, verb, material} = request
  refuseUnsupported(cluster)
  const first = await survey(cluster, ports, {verb, material})
  const {plan} = first
  if (isEmpty(plan)) {
    if (!request.dryRun) await writeVersion(request, ports)
    return {result: 'as-wished', plan}
  }
  refuseVersionStep(plan)
  refuseNoDatabase(first.observation, plan)
  const differences = await differencesOf(cluster, ports, {
    plan,
    filesOf: filesIn(first),
    balancerFiles: first.balancerFiles,
  })
  if (request.dryRun) {
    await request.confirm(plan, differences)
    return {result: 'planned', plan}
  }
  refuseForeign(plan, request.takeOver)
  refuseLoss(cluster, plan, request.acceptLoss)
  if (!(await request.confirm(plan, differences))) return {result: 'declined', plan}
  const lock = await lockCluster(request, ports, first.observation)
  try {
    const second = await survey(cluster, ports, {verb, material})
    if (isEmpty(second.plan)) return {result: 'as-wished', plan: second.plan}
    refuseMoved(plan, second.plan)
    if (request.stopRequested()) return {result: 'declined', plan}
    return await act(request, ports, {lock, survey: second})
  } finally {
    await lock.release()
  }
}

async function lockCluster(
  {cluster, reason, lockWaitSeconds}: ChangeRequest,
  ports: Ports,
  seen: ClusterObservation,
): Promise<Lock> {
  const seenGeneration = Math.max(0, ...seen.nodes.map(({state}) => (state.known ? state.value.generation : 0)))
  const lock = await takeLock(cluster, ports, {reason, seenGeneration, waitSeconds: lockWaitSeconds})
  try {
    const second = await takeDatabaseLock(cluster, ports, lock.lease.run)
    return {
      lease: lock.lease,
      lost: () => lock.lost() ?? second?.lost(),
      async release() {
        await second?.release()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

interface Grip {
  readonly lock: Lock
  readonly survey: Survey
}

async function act(request: ChangeRequest, ports: Ports, grip: Grip): Promise<ChangeResult> {
  const {plan} = grip.survey
  const started = ports.clock.now()
  const run = prepareRun(request, ports, grip)
  const names = nodesOf(plan).map(({node}) => node)
  await run.journal.append({type: 'run-started', detail: `${plan.verb} of ${names.join(', ')}`})
  request.progress({type: 'run-started', run: run.lock.lease.run, nodes: names})
  const nodes = await carryOut(request, grip.survey, run)
  const result = outcomeOf(nodes)
  const left = await whatIsLeft(request, ports, {lock: run.lock, mayWrite: result === 'done'})
  const verified = result === 'done' && left.length > 0 ? 'partial' : result
  await run.journal.append({type: 'run-ended', detail: verified})
  return {result: verified, plan, run: run.lock.lease.run, milliseconds: ports.clock.now() - started, nodes, left}
}

function prepareRun(
  {cluster, stopRequested, progress}: ChangeRequest,
  ports: Ports,
  {lock, survey: seen}: Grip,
): Omit<Run, 'staged'> {
  return {
    cluster,
    plan: seen.plan,
    ports,
    balancer: ports.balancer(cluster.loadBalancer),
    lock,
    journal: ports.journal(runsFolder(cluster), lock.lease.run),
    wishes: seen.nodeWishes,
    starts: new Turnstile(),
    stopRequested,
    progress,
  }
}

/** The file's version goes with the nodes: back as well, when they all went back or nothing could begin. */
async function carryOut(
  request: ChangeRequest,
  seen: Survey,
  run: Omit<Run, 'staged'>,
): Promise<readonly NodeOutcome[]> {
  const {ports, plan} = run
  const archive = archiveOf(request.cluster, ports.files)
  const staged = await stageNodes(run, {filesOf: filesIn(seen), ...(archive ? {archive} : {})})
  if (run.stopRequested()) return nodesOf(plan).map(({node}) => ({node, result: 'not-begun'}))
  const restoreVersion = await writeVersion(request, ports)
  try {
    await writeFiles(request, ports, {lock: run.lock, plans: plan.balancerFiles, files: seen.balancerFiles})
    const nodes = await execute({...run, staged})
    if (outcomeOf(nodes) === 'reverted') await restoreVersion()
    return nodes
  } catch (error) {
    await restoreVersion()
    throw error
  }
}

interface FileWrites {
  readonly lock: Lock
  readonly plans: readonly BalancerFilePlan[]
  readonly files: readonly RenderedFile[]
}

function writeFiles({cluster, progress}: ChangeRequest, ports: Ports, {lock, plans, files}: FileWrites): Promise<void> {
  return writeBalancerFiles(cluster, ports, {
    lease: lock.lease,
    plans,
    files,
    say: text => progress({type: 'note', text}),
  })
}

/**
 * A last look at the world, in words; empty means that all is as wished. A balancer file of gha's own that had to wait
 * until every node was in again is written now.
 */
async function whatIsLeft(
  request: ChangeRequest,
  ports: Ports,
  {lock, mayWrite}: {readonly lock: Lock; readonly mayWrite: boolean},
): Promise<readonly string[]> {
  try {
    const last = await survey(request.cluster, ports, request)
    const {waves, balancerFiles} = last.plan
    const waited = mayWrite && waves.length === 0 ? balancerFiles.filter(({foreign}) => !foreign) : []
    if (waited.length > 0) {
      await writeFiles(request, ports, {lock, plans: waited, files: last.balancerFiles})
      return whatIsLeft(request, ports, {lock, mayWrite: false})
    }
    return [
      ...nodesOf(last.plan).map(({node, reasons}) => `${node}: ${reasons.join(', ')}`),
      ...balancerFiles.map(({balancer, change, path}) => `${balancer}: ${change} ${path}`),
    ]
  } catch (error) {
    if (!(error instanceof GhaError)) throw error
    return [`unknown, because ${error.node ? `${error.node}: ` : ''}${error.message}`]
  }
}

/** `reverted` promises that everything is as it was: nothing else was changed before the failure. */
function outcomeOf(nodes: readonly NodeOutcome[]): 'done' | 'stopped' | 'reverted' | 'partial' {
  const failure = nodes.find(({result}) => result === 'failed')
  if (!failure) return nodes.some(({result}) => result === 'not-begun') ? 'stopped' : 'done'
  const changed = nodes.some(({result}) => result === 'done')
  const heldOut = nodes.some(node => node.result === 'failed' && node.aftermath.state === 'held-out')
  return changed || heldOut ? 'partial' : 'reverted'
}

/** gha.yaml is the only wish: its version follows the confirmed plan, and goes back when everything else does. */
async function writeVersion({cluster, writesVersion}: ChangeRequest, {files}: Ports): Promise<() => Promise<void>> {
  const before = writesVersion ? await files.read(cluster.file) : undefined
  if (!before) return async () => undefined
  const text = new TextDecoder().decode(before)
  const mode = (await files.mode(cluster.file)) ?? 0o600
  await files.write(cluster.file, setVersion(text, cluster.grafana.version), mode)
  return () => files.write(cluster.file, text, mode)
}

function refuseMoved(confirmed: Plan, now: Plan): void {
  const moved = beyond(confirmed, now)
  if (moved.length === 0) return
  throw new GhaError(`the cluster has moved since the plan was made: ${moved.join('; ')}`, {
    code: 'PLAN_STALE',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Run the command again and look at the new plan.',
  })
}

function filesIn({wishes}: Survey) {
  return (node: string) => wishes.get(node)?.files ?? []
}

/** Copies of the runs' journals lie beside gha.yaml. */
function runsFolder(cluster: Cluster): string {
  return path.join(path.dirname(cluster.file), '.gha', cluster.name, 'runs')
}
