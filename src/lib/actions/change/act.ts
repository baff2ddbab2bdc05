import {given} from '../../model/given.ts'
import {formatVersion} from '../../model/version.ts'
import {nodesOf, type Plan} from '../../plan/plan.ts'
import type {RunOutcomes, RunOutline} from '../../ports/journal.ts'
import type {Ports} from '../../ports/ports.ts'
import type {Watch} from '../../probe/watch.ts'
import {inTurn} from '../../rollout/balancer-in-turn.ts'
import {KeptOut} from '../../rollout/balancer-kept-out.ts'
import {underLock} from '../../rollout/balancer-under-lock.ts'
import {sceneOf} from '../../rollout/call-hook.ts'
import {execute} from '../../rollout/execute.ts'
import {halfWay} from '../../rollout/half-way.ts'
import {keepJournal} from '../../rollout/keep-journal.ts'
import type {Lock} from '../../rollout/lock.ts'
import type {NodeOutcome} from '../../rollout/node-outcome.ts'
import {RolloutHooks} from '../../rollout/rollout-hooks.ts'
import type {UnstagedRun} from '../../rollout/run.ts'
import {stageNodes} from '../../rollout/stage-nodes.ts'
import {surelyHeld} from '../../rollout/surely-held.ts'
import {Trials} from '../../rollout/trials.ts'
import {Turnstile} from '../../rollout/turnstile.ts'
import {type TryEnd, untilConfirmed} from '../../rollout/until-confirmed.ts'
import {backUpFirst} from '../backup/back-up-first.ts'
import type {Backup} from '../backup/backup.ts'
import {operatorOf} from '../operator-of.ts'
import {runsFolder} from '../runs-folder.ts'
import {archivesOf} from './archives.ts'
import type {ChangeRequest} from './change-request.ts'
import {refuseNoRollback} from './consents.ts'
import {countingCuts} from './counting-cuts.ts'
import {packageSourceOf} from './package-source.ts'
import {pluginLoads} from './plugin-loads.ts'
import {pruneJournals} from './prune-journals.ts'
import {refuseNoWayBack} from './refuse-try.ts'
import {isAsBefore, resultOf} from './result-of.ts'
import {filesIn, type Survey} from './survey.ts'
import {whatIsLeft} from './what-is-left.ts'
import {writeBalancerFiles} from './write-balancer-files.ts'
import {type VersionNow, writeVersion} from './write-version.ts'

export interface ActResult {
  readonly result: 'done' | 'stopped' | 'reverted' | 'partial'
  readonly plan: Plan
  readonly run: string
  readonly milliseconds: number
  readonly nodes: readonly NodeOutcome[]
  /** The copy of the database that was taken before the first node. */
  readonly backup?: Backup
  /** Node → connections that were still open when its time to drain was over. */
  readonly cut: ReadonlyMap<string, number>
  /** What is still to be done, in words, by a last look at the world. */
  readonly left: readonly string[]
  /** Set where it was on trial. */
  readonly tried?: TryEnd
}

interface Grip {
  readonly lock: Lock
  readonly survey: Survey
  readonly watch: Watch | undefined
}

/** Carries the plan out, and says what came of it by a last look at the world. */
export async function act(request: ChangeRequest, ports: Ports, grip: Grip): Promise<ActResult> {
  const {plan} = grip.survey
  const started = ports.clock.now()
  const {request: heard, cut} = countingCuts(request)
  const prepared = prepareRun(heard, ports, grip)
  const kept = keptOut(prepared)
  const run = {...prepared, ...given({balancer: kept})}
  await pruneJournals(request.cluster, ports.files)
  const names = nodesOf(plan).map(({node}) => node)
  const skipped = (plan.skippedBalancers ?? []).map(name => `, balancer ${name} skipped`).join('')
  await run.journal.append({
    type: 'run-started',
    detail: `${plan.verb} of ${names.join(', ')}${skipped}`,
    outline: outlineOf(request, ports, plan),
  })
  request.progress({type: 'run-started', run: run.lock.lease.run, nodes: names})
  const hooks = new RolloutHooks(sceneOf(run))
  const giveUp = async (error: unknown): Promise<never> => {
    await hooks.close('failed')
    await run.journal.append({type: 'run-ended', detail: 'failed', outcomes: {}})
    throw error
  }
  const {nodes, backup, version} = await hooks
    .open()
    .then(() => carryOut(request, grip.survey, run))
    .catch(giveUp)
    .finally(() => Promise.all([run.trials.end(), kept?.end()]))
  const result = resultOf(nodes, version)
  const left = await whatIsLeft(request, ports, {lock: run.lock, mayWrite: result === 'done'})
  const verified = result === 'done' && left.length > 0 ? 'partial' : result
  const tried =
    verified === 'done' && request.tries ? await untilConfirmed(run, request.tries).catch(giveUp) : undefined
  const outcome = tried?.kept === false ? 'unconfirmed' : verified
  await hooks.close(outcome)
  await run.journal.append({type: 'run-ended', detail: outcome, outcomes: outcomesOf(nodes)})
  const milliseconds = ports.clock.now() - started
  return {result: verified, plan, run: run.lock.lease.run, milliseconds, nodes, cut, left, ...given({backup, tried})}
}

function prepareRun(
  {cluster, calledFor, stopRequested, progress}: ChangeRequest,
  ports: Ports,
  {lock, survey: seen, watch}: Grip,
): UnstagedRun {
  const {run} = lock.lease
  return {
    cluster,
    plan: seen.plan,
    ports,
    balancer: inTurn(underLock(ports.balancer(cluster.loadBalancer), lock)),
    lock,
    journal: keepJournal({
      run,
      file: ports.journal(runsFolder(cluster), run),
      mail: lock.mail,
      clock: ports.clock,
      say: text => progress({type: 'note', text}),
    }),
    wishes: seen.nodeWishes,
    calledFor,
    starts: new Turnstile(),
    trials: new Trials(cluster, ports),
    stopRequested: () => stopRequested() || lock.mail.heard?.wish === 'stop',
    progress,
    ...(watch ? {watch} : {}),
  }
}

/** Undefined where the balancer forgets nothing: nginx has it in its file, and others have memories of their own. */
function keptOut({cluster, balancer, ports, progress}: UnstagedRun): KeptOut | undefined {
  if (cluster.loadBalancer.type !== 'haproxy') return undefined
  return new KeptOut(balancer, {clock: ports.clock, note: text => progress({type: 'note', text})})
}

interface CarriedOut {
  readonly nodes: readonly NodeOutcome[]
  /** That of gha.yaml, where it had to go back with the nodes. */
  readonly version?: VersionNow
  readonly backup?: Backup
}

/** The file's version goes with the nodes: back as well, when they all went back or nothing could begin. */
async function carryOut(request: ChangeRequest, seen: Survey, run: UnstagedRun): Promise<CarriedOut> {
  const {ports, plan} = run
  const begunLater = nodesOf(plan).map(({node}) => ({node, result: 'not-begun'}) as const)
  if (run.stopRequested()) return {nodes: begunLater}
  const archives = archivesOf(request.cluster, ports.files)
  const setUp = await packageSourceOf(request.cluster, ports.files)
  const staged = await stageNodes(run, {
    filesOf: filesIn(seen),
    kept: request.back !== undefined,
    pluginsFor: pluginLoads(seen),
    setUp,
    ...(archives ? {archives} : {}),
  })
  refuseNoWayBack(staged, request.tries)
  refuseNoRollback(plan, staged, {accepted: request.acceptNoRollback})
  const backup = run.stopRequested() ? undefined : await backUpFirst(run)
  const kept = backup ? {backup} : {}
  if (run.stopRequested()) return {nodes: begunLater, ...kept}
  await surelyHeld(run.lock)
  const restoreVersion = await writeVersion(request, ports)
  try {
    await writeBalancerFiles(request.cluster, ports, {
      lock: run.lock,
      plans: plan.balancerFiles,
      files: seen.balancerFiles,
      say: text => request.progress({type: 'note', text}),
    })
    await run.watch?.knowsBefore()
    const nodes = await execute({...run, staged})
    return {nodes, ...kept, ...(isAsBefore(nodes) ? {version: await restoreVersion(run.lock)} : {})}
  } catch (error) {
    throw (await restoreVersion(run.lock)) === 'left' ? halfWay(error) : error
  }
}

function outlineOf({reason, calledFor}: ChangeRequest, {identity}: Ports, plan: Plan): RunOutline {
  const {from, to, step} = plan
  return {
    verb: calledFor,
    reason,
    by: operatorOf(identity),
    ...(from ? {from: formatVersion(from)} : {}),
    to: formatVersion(to),
    step: step.kind,
    nodes: nodesOf(plan).map(({node}) => node),
    ...(plan.pending.length > 0 ? {leavesPending: true} : {}),
  }
}

function outcomesOf(nodes: readonly NodeOutcome[]): RunOutcomes {
  return Object.fromEntries(
    nodes.map(outcome => [outcome.node, outcome.result === 'failed' ? outcome.aftermath.state : outcome.result]),
  )
}
