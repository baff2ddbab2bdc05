import {GhaError} from '../errors/gha-error.ts'
import {messageOf} from '../errors/message-of.ts'
import {revertRelease} from '../host/activate.ts'
import {disarmDeadMan, letDeadManWait} from '../host/dead-man.ts'
import {readRelease} from '../host/read-release.ts'
import {stopService} from '../host/stop-service.ts'
import {isUntouched} from '../model/migration-mark.ts'
import {hasStep, nodesOf, type Step} from '../plan/plan.ts'
import {type Aftermath, heldOut, kept, leftIn} from './aftermath.ts'
import {serves} from './balancer-views.ts'
import {mayItGo} from './may-it-go.ts'
import {lookAtSchema} from './migration-watch.ts'
import {activationOf, runOn, type Turn, wayBackOf} from './run.ts'
import {applyStep, describeStep} from './steps/executors.ts'
import {untilHealthy} from './steps/gate.ts'
import {tracked} from './tracked.ts'

/** The operator's program before the drain is a part of its step. */
export type FailedAt = Step | {readonly kind: 'preDrain'}

/**
 * Gives the node back as it was: what was not swapped yet goes back into the balancer at once; what was swapped goes
 * back to its old release where the version step allows it, and into the balancer only if it is healthy there.
 */
export async function recover(turn: Turn, failedAt: FailedAt, error: unknown): Promise<Aftermath> {
  if (error instanceof GhaError && (mustStayAway(turn, error) || MIGRATING.has(error.code)))
    return servesAgain(turn, failedAt) ? kept(error.message) : await asSeen(turn, failedAt, error.message)
  const alone = turn.run.plan.step.kind === 'single-writer' && !servesAgain(turn, failedAt)
  if (alone && hasFailedToMigrate(error)) return heldOut(RESTORES)
  const aftermath = isYetToSwap(turn, error) ? await orHeldOut(giveBack(turn)) : await goBack(turn, {failedAt, error})
  const wasOut = turn.run.plan.verb === 'rollout' && !wasServing(turn) && !leavesDrained(turn)
  return wasOut && aftermath.state === 'restored' ? heldOut('it was out before this run') : aftermath
}

/** What it left undone nobody can see: a row of it there is none on PostgreSQL, and MySQL commits each statement by itself. */
function hasFailedToMigrate(error: unknown): boolean {
  return error instanceof GhaError && error.code === 'MIGRATION_FAILED'
}

/** The old release would go over what somebody wrote into the file. What was stopped for a migration needs more. */
function isYetToSwap({run, node}: Turn, error: unknown): boolean {
  const {window} = run.plan
  return error instanceof GhaError && error.code === 'FILE_CHANGED' && (!window || window.writer === node.name)
}

async function orHeldOut(attempt: Promise<Aftermath>): Promise<Aftermath> {
  try {
    return await attempt
  } catch (failure) {
    return heldOut(messageOf(failure))
  }
}

async function goBack(turn: Turn, {failedAt, error}: Failure): Promise<Aftermath> {
  try {
    switch (failedAt.kind) {
      case 'arm':
      case 'preDrain':
      case 'drain':
        return wasStopped(turn) ? heldOut('it was stopped for the migration') : await giveBack(turn)
      case 'stop':
        return await startAgain(turn)
      case 'activate':
        return await revert(turn)
      case 'gate':
        return servesAgain(turn, failedAt) ? kept(messageOf(error)) : await revert(turn, error)
      case 'rearm':
        return heldOut('an earlier run had left it out')
      case 'disarm':
        return heldOut(hasActed(error) ? messageOf(error) : CONFIRMED)
      case 'undrain':
        return (await isFed(turn)) ? kept(messageOf(error)) : heldOut(CONFIRMED)
      case 'leave-drained':
        return heldOut(CONFIRMED)
      case 'soak':
        return await takeBack(turn)
    }
  } catch (failure) {
    return isYetToDrain(turn, failedAt, failure)
      ? {state: 'restored'}
      : await asSeen(turn, failedAt, messageOf(failure))
  }
}

/** Who is yet to make room for the writer runs as before, fed or not. */
function wasStopped({run, plan}: Turn): boolean {
  const {window} = run.plan
  return window !== undefined && !plan.interrupts && !window.stops.includes(plan)
}

const CONFIRMED = 'it is healthy on its new release, but not back in the balancer'

/** What was healthy does not run there any more, and nobody has looked at what does. */
function hasActed(error: unknown): boolean {
  return error instanceof GhaError && error.code === 'DEAD_MAN_ACTED'
}

interface Failure {
  readonly failedAt: FailedAt
  readonly error: unknown
}

/** Users are sent to it again since its turn brought it back. */
function servesAgain({plan}: Turn, failedAt: FailedAt): boolean {
  const steps: readonly FailedAt[] = plan.steps
  const back = steps.findIndex(({kind}) => kind === 'undrain')
  return back >= 0 && steps.indexOf(failedAt) > back
}

/** Nobody has told the balancer yet, and a dead man who was armed before any swap puts nothing back. */
function isYetToDrain(turn: Turn, failedAt: FailedAt, failure: unknown): boolean {
  const ours = !(failure instanceof GhaError && mustStayAway(turn, failure))
  return failedAt.kind === 'arm' && ours && turn.plan.interrupts && !turn.run.plan.window
}

/** Left to itself: before its drain users are sent to it as before; what of a drain or its end the balancer has heard, it tells. */
async function asSeen(turn: Turn, {kind}: FailedAt, reason: string): Promise<Aftermath> {
  if (kind === 'undrain' && (await isFed(turn))) return kept(reason)
  if (!turn.plan.interrupts) return heldOut(reason)
  const left = kind === 'arm' || kind === 'preDrain' || (kind === 'drain' && (await isFed(turn)))
  return left ? leftIn(reason) : heldOut(reason)
}

/** A look needs no lock. */
async function isFed({run, node}: Turn): Promise<boolean> {
  const views = await run.balancer.status().catch(() => [])
  return serves(views, node.balancerName)
}

/** A lost lock, or a script whose end is unknown: whatever this run does next could be the second cook. */
export const STAY_AWAY: ReadonlySet<string> = new Set([
  'LOCK_LOST',
  'FENCED',
  'HOST_BUSY',
  'HOST_DEADLINE',
  'HOST_LOST',
  'HOST_OUTPUT',
  'HOST_SCRIPT_CUT',
  'HOST_UNREACHABLE',
])

/** Nothing kills a process that migrates. */
const MIGRATING: ReadonlySet<string> = new Set(['MIGRATION_UNDER_WAY', 'MIGRATION_STUCK'])

/** What a balancer's host did not answer says nothing against giving the node back. */
function mustStayAway({node}: Turn, {code, node: where}: GhaError): boolean {
  return STAY_AWAY.has(code) && (where === undefined || where === node.name)
}

/** An old release knows nothing of today's wish, so its settings are not judged. */
export const OLD_RELEASE_CHECKS = ['service/running', 'config/which-file', 'grafana/health', 'mesh/members']

/** In a maintenance window the peers are stopped too. */
function checksOfOldRelease({plan}: Turn['run']): readonly string[] {
  return plan.window ? OLD_RELEASE_CHECKS.filter(id => !id.startsWith('mesh/')) : OLD_RELEASE_CHECKS
}

async function giveBack(turn: Turn): Promise<Aftermath> {
  await dismiss(turn)
  await feedAgain(turn)
  return {state: 'restored'}
}

async function revert(turn: Turn, error?: unknown): Promise<Aftermath> {
  const {run, node} = turn
  if (!run.cluster.rollout.autoRevert) return heldOut('`autoRevert: false` stands in gha.yaml')
  if (run.plan.step.kind === 'single-writer') return await revertWriter(turn)
  const wayBack = wayBackOf(run, node)
  if (wayBack === undefined) return heldOut('there is no release to go back to')
  const stays = run.plan.step.kind === 'additive' ? await staysBecause(turn, error) : undefined
  return stays === undefined ? await backOn(turn, wayBack) : await leaveMigrating(turn, stays)
}

/** Why a node stays on a schema that others may share: it may migrate still, or has left it half done. */
async function staysBecause({run, node}: Turn, error: unknown): Promise<string | undefined> {
  if (hasFailedToMigrate(error)) return 'its migration failed, and going back is for you to choose'
  const schema = await lookAtSchema(run, node)
  if (!schema.known) return 'the database does not tell whether somebody migrates'
  return schema.locked ? 'somebody still holds the migration lock' : undefined
}

/** Nobody goes back: the dead man neither, whose time has counted since it answered. */
async function leaveMigrating({run, node}: Turn, reason: string): Promise<Aftermath> {
  await runOn(run, node, letDeadManWait(activationOf(run, node)))
  run.progress({type: 'dead-man', node: node.name, is: 'waiting'})
  return heldOut(reason)
}

/** Where the migration has not begun, what ran before still reads the database. Nobody can begin it between the looks. */
async function revertWriter(turn: Turn): Promise<Aftermath> {
  const {run, node} = turn
  const previous = run.staged.get(node.name)
  if (run.plan.window?.writer !== node.name) return heldOut(RESTORES)
  if (!previous?.previous || !previous.wayBack) return heldOut('there is no release to go back to')
  if (!(await isYetToBegin(turn))) return heldOut(BEGUN)
  await tracked(turn, {step: 'stop', describe: 'before it migrates'}, async () => {
    await runOn(run, node, stopService(activationOf(run, node)))
    return 'stopped'
  })
  if (!(await isYetToBegin(turn))) return heldOut(BEGUN)
  return await backOn(turn, previous.previous)
}

/** A node that was stopped for a migration that did not come. */
export async function startAgain(turn: Turn): Promise<Aftermath> {
  try {
    const previous = turn.run.staged.get(turn.node.name)?.previous
    if (previous === undefined) return heldOut('there is no release to start')
    return (await isYetToBegin(turn)) ? await backOn(turn, previous) : heldOut(BEGUN)
  } catch (failure) {
    return heldOut(messageOf(failure))
  }
}

const RESTORES = 'going back over this migration is a restore'
const BEGUN = 'the migration has begun, or the database does not tell: going back is a restore'

/** No migration was added since the plan, and none is under way. */
async function isYetToBegin({run, node}: Turn): Promise<boolean> {
  const steps = nodesOf(run.plan).flatMap(plan => plan.steps)
  const [mark] = steps.flatMap(step => (step.kind === 'arm' && step.migrates ? [step.migrates] : []))
  const schema = await lookAtSchema(run, node)
  return mark !== undefined && schema.known && !schema.locked && isUntouched(mark, schema)
}

async function backOn(turn: Turn, release: string): Promise<Aftermath> {
  const {run} = turn
  await tracked(turn, {step: 'revert', describe: `back to ${release}`}, () => putBack(turn, release))
  if (run.plan.window || !wasServing(turn)) await dismiss(turn)
  await feedAgain(turn)
  return {state: 'restored'}
}

async function putBack(turn: Turn, release: string): Promise<string> {
  const {run, node} = turn
  const host = await run.ports.hosts.connect(node.name, node.ssh)
  const previous = await host.run(readRelease(node.paths.state, release))
  await run.starts.pass(() => runOn(run, node, revertRelease(activationOf(run, node), release)))
  if (wasServing(turn)) {
    await untilHealthy(
      {run, node, release: previous, endedSeconds: run.cluster.rollout.healthyDeadlineSeconds},
      {checks: checksOfOldRelease(run), healthySeconds: 10, deadlineSeconds: 120},
    )
  }
  return `back on ${release}`
}

/** Nothing is left for the dead man to do. */
function dismiss(turn: Turn): Promise<void> {
  return tracked(turn, {step: 'disarm', describe: 'it is as before'}, async () => {
    await runOn(turn.run, turn.node, disarmDeadMan(activationOf(turn.run, turn.node)))
    return 'it is as before'
  })
}

/** Where it was before its turn. */
async function feedAgain(turn: Turn): Promise<void> {
  if (wasServing(turn)) await again(turn, {kind: 'undrain'})
  else if (leavesDrained(turn)) await again(turn, {kind: 'leave-drained'})
}

function again(turn: Turn, step: Step): Promise<void> {
  return tracked(turn, {step: step.kind, describe: describeStep(step)}, () => applyStep(turn, step))
}

/** Out as at first and back to its old release, unless nobody would serve in its place. */
async function takeBack(turn: Turn): Promise<Aftermath> {
  try {
    await mayItGo(turn)
  } catch (error) {
    return kept(messageOf(error))
  }
  turn.run.progress({type: 'note', text: `${turn.node.name}: out of the balancer again`})
  try {
    for (const kind of ['arm', 'drain']) {
      const step = turn.plan.steps.find(candidate => candidate.kind === kind)
      if (step) await again(turn, step)
    }
  } catch (failure) {
    return (await isFed(turn)) ? kept(messageOf(failure)) : heldOut(messageOf(failure))
  }
  return revert(turn)
}

/**
 * Only a node that served before its turn goes back into the balancer after it. In a maintenance window nobody serves,
 * so whoever is well does.
 */
function wasServing(turn: Turn): boolean {
  return (turn.run.plan.window !== undefined || turn.plan.interrupts) && !leavesDrained(turn)
}

/** Somebody else had taken it out, and it is not for a run to hold it out in its own name. */
function leavesDrained({run, plan}: Turn): boolean {
  const own = [plan, ...nodesOf(run.plan)].filter(({node}) => node === plan.node)
  return own.some(each => hasStep(each, 'leave-drained'))
}
