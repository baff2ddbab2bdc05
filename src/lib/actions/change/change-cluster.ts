import path from 'node:path'
import {setVersion} from '../../config/set-version.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import type {Cluster} from '../../model/cluster.ts'
import {isEmpty, nodesOf, type Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import type {RenderMaterial} from '../../render/render-material.ts'
import {takeDatabaseLock} from '../../rollout/database-lock.ts'
import {execute, type NodeOutcome} from '../../rollout/execute.ts'
import {type Lock, takeLock} from '../../rollout/lock.ts'
import type {ProgressEvent, Run} from '../../rollout/run.ts'
import {stageNodes} from '../../rollout/stage-nodes.ts'
import {archiveOf} from './archive.ts'
import {type Difference, differencesOf} from './differences.ts'
import {refuseForeign, refuseLoss, refuseVersionStep} from './refusals.ts'
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
      /** What is still to be done, by a last look at the world. */
      readonly left: Plan
    }

/** observe → plan → act → verify: only the last observation may say that it is done. */
export async function changeCluster(request: ChangeRequest, ports: Ports): Promise<ChangeResult> {
  const {cluster, verb, material} = request
  const first = await survey(cluster, ports, {verb, material})
  const {plan} = first
  if (isEmpty(plan)) return {result: 'as-wished', plan}
  refuseVersionStep(plan)
  const differences = await differencesOf(cluster, ports, {plan, filesOf: filesIn(first)})
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
    refuseMoved(plan, second.plan)
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

async function act(request: ChangeRequest, ports: Ports, {lock, survey: seen}: Grip): Promise<ChangeResult> {
  const {cluster, progress} = request
  const {plan} = seen
  const started = ports.clock.now()
  const journal = ports.journal(runsFolder(cluster), lock.lease.run)
  await journal.append({
    type: 'run-started',
    detail: `${plan.verb} of ${nodesOf(plan)
      .map(({node}) => node)
      .join(', ')}`,
  })
  progress({type: 'run-started', run: lock.lease.run, nodes: nodesOf(plan).map(({node}) => node)})
  const prepared: Omit<Run, 'staged'> = {
    cluster,
    plan,
    ports,
    balancer: ports.balancer(cluster.loadBalancer),
    lock,
    journal,
    seen: new Map(seen.observation.nodes.map(node => [node.node, node])),
    wishes: seen.nodeWishes,
    stopRequested: request.stopRequested,
    progress,
  }
  const archive = archiveOf(cluster, ports.files)
  const staged = await stageNodes(prepared, {filesOf: filesIn(seen), ...(archive ? {archive} : {})})
  const restoreVersion = await writeVersion(request, ports)
  await writeBalancerFiles(cluster, ports, {
    lease: lock.lease,
    plans: plan.balancerFiles,
    files: seen.balancerFiles,
    say: text => progress({type: 'note', text}),
  })
  const nodes = await execute({...prepared, staged})
  const result = outcomeOf(nodes)
  if (result === 'reverted') await restoreVersion()
  const left = (await survey(cluster, ports, request)).plan
  const verified = result === 'done' && !isEmpty(left) ? 'partial' : result
  await journal.append({type: 'run-ended', detail: verified})
  return {result: verified, plan, run: lock.lease.run, milliseconds: ports.clock.now() - started, nodes, left}
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
  if (JSON.stringify(essence(confirmed)) === JSON.stringify(essence(now))) return
  throw new GhaError('the cluster has moved since the plan was made', {
    code: 'PLAN_STALE',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Run the command again and look at the new plan.',
  })
}

function essence({waves, balancerFiles}: Plan) {
  return {balancerFiles, waves: waves.map(wave => wave.map(({seen, ...plan}) => ({...plan, seen: [...seen]})))}
}

function filesIn({wishes}: Survey) {
  return (node: string) => wishes.get(node)?.files ?? []
}

/** Copies of the runs' journals lie beside gha.yaml. */
function runsFolder(cluster: Cluster): string {
  return path.join(path.dirname(cluster.file), '.gha', cluster.name, 'runs')
}
