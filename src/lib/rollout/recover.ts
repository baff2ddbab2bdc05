import {GhaError} from '../errors/gha-error.ts'
import {messageOf} from '../errors/message-of.ts'
import {revertRelease} from '../host/activate.ts'
import {disarmDeadMan} from '../host/dead-man.ts'
import {readRelease} from '../host/read-release.ts'
import type {Step} from '../plan/plan.ts'
import {mayItGo} from './may-it-go.ts'
import {activationOf, runOn, type Turn, wayBackOf} from './run.ts'
import {applyStep} from './steps/executors.ts'
import {untilHealthy} from './steps/gate.ts'

/** How a node stands after a failed turn. */
export type Aftermath =
  /** As before its turn, and serving as before. */
  | {readonly state: 'restored'}
  /** Out of the balancer, in this run's name, until somebody has looked. */
  | {readonly state: 'held-out'; readonly reason: string}
  /** On its new release, and serving. */
  | {readonly state: 'kept'; readonly reason: string}

/**
 * Gives the node back as it was: what was not swapped yet goes back into the balancer at once; what was swapped goes
 * back to its old release where the version step allows it, and into the balancer only if it is healthy there.
 */
export async function recover(turn: Turn, failedAt: Step, error: unknown): Promise<Aftermath> {
  if (error instanceof GhaError && mustStayAway(turn, error))
    return failedAt.kind === 'soak' ? kept(error.message) : heldOut(error.message)
  const aftermath = await goBack(turn, failedAt)
  const wasOut = turn.run.plan.verb === 'rollout' && !wasServing(turn) && !leavesDrained(turn)
  return wasOut && aftermath.state === 'restored' ? heldOut('it was out before this run') : aftermath
}

async function goBack(turn: Turn, failedAt: Step): Promise<Aftermath> {
  try {
    switch (failedAt.kind) {
      case 'arm':
      case 'drain':
        return await giveBack(turn)
      case 'activate':
      case 'gate':
        return await revert(turn)
      case 'disarm':
      case 'undrain':
      case 'leave-drained':
        return heldOut('it is healthy on its new release, but not back in the balancer')
      case 'soak':
        return await takeBack(turn)
    }
  } catch (failure) {
    return heldOut(messageOf(failure))
  }
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

/** What a balancer's host did not answer says nothing against giving the node back. */
function mustStayAway({node}: Turn, {code, node: where}: GhaError): boolean {
  return STAY_AWAY.has(code) && (where === undefined || where === node.name)
}

/** An old release knows nothing of today's wish, so its settings are not judged. */
export const OLD_RELEASE_CHECKS = ['service/running', 'config/which-file', 'grafana/health', 'mesh/members']

async function giveBack(turn: Turn): Promise<Aftermath> {
  const {run, node, plan} = turn
  await runOn(run, node, disarmDeadMan(activationOf(run, node)))
  if (wasServing(turn)) await applyStep(turn, plan.steps.find(({kind}) => kind === 'undrain') ?? {kind: 'undrain'})
  if (leavesDrained(turn)) await applyStep(turn, {kind: 'leave-drained'})
  return {state: 'restored'}
}

async function revert(turn: Turn): Promise<Aftermath> {
  const {run, node} = turn
  const wayBack = wayBackOf(run, node)
  if (!run.cluster.rollout.autoRevert) return heldOut('`autoRevert: false` stands in gha.yaml')
  if (wayBack === undefined) return heldOut('there is no release to go back to')
  if (run.plan.step.kind === 'single-writer') return heldOut('going back over this migration is a restore')
  const started = run.ports.clock.now()
  run.progress({type: 'step-started', node: node.name, step: 'revert', detail: `back to ${wayBack}`})
  await run.journal.append({type: 'step-started', node: node.name, step: 'revert'})
  const host = await run.ports.hosts.connect(node.name, node.ssh)
  const previous = await host.run(readRelease(node.paths.state, wayBack))
  await runOn(run, node, revertRelease(activationOf(run, node), wayBack))
  if (wasServing(turn)) {
    await untilHealthy(
      {run, node, release: previous},
      {checks: OLD_RELEASE_CHECKS, healthySeconds: 10, deadlineSeconds: 120},
    )
    await applyStep(turn, {kind: 'undrain'})
  } else {
    await runOn(run, node, disarmDeadMan(activationOf(run, node)))
    if (leavesDrained(turn)) await applyStep(turn, {kind: 'leave-drained'})
  }
  const milliseconds = run.ports.clock.now() - started
  await run.journal.append({type: 'step-done', node: node.name, step: 'revert'})
  run.progress({type: 'step-done', node: node.name, step: 'revert', milliseconds, detail: `back on ${wayBack}`})
  return {state: 'restored'}
}

/** Out as at first and back to its old release, unless nobody would serve in its place. */
async function takeBack(turn: Turn): Promise<Aftermath> {
  try {
    await mayItGo(turn)
  } catch (error) {
    return kept(messageOf(error))
  }
  turn.run.progress({type: 'note', text: `${turn.node.name}: out of the balancer again`})
  for (const kind of ['arm', 'drain']) {
    const step = turn.plan.steps.find(candidate => candidate.kind === kind)
    if (step) await applyStep(turn, step)
  }
  return revert(turn)
}

/** Only a node that served before its turn goes back into the balancer after it. */
function wasServing({plan}: Turn): boolean {
  return plan.steps.some(({kind}) => kind === 'drain') && !plan.steps.some(({kind}) => kind === 'leave-drained')
}

/** Somebody else had taken it out, and it is not for a run to hold it out in its own name. */
function leavesDrained({plan}: Turn): boolean {
  return plan.steps.some(({kind}) => kind === 'leave-drained')
}

function kept(reason: string): Aftermath {
  return {state: 'kept', reason}
}

function heldOut(reason: string): Aftermath {
  return {state: 'held-out', reason}
}
