import {messageOf} from '../errors/message-of.ts'
import type {NodePlan, Step} from '../plan/plan.ts'
import {goesOn} from './goes-on.ts'
import {holdsBudget} from './holds-budget.ts'
import {mayItGo} from './may-it-go.ts'
import {type Aftermath, recover} from './recover.ts'
import {holdsLock, nodeNamed, type Run, type StepName, type Turn} from './run.ts'
import {applyStep, describeStep} from './steps/executors.ts'

export type NodeOutcome =
  | {readonly node: string; readonly result: 'done'; readonly milliseconds: number}
  | {readonly node: string; readonly result: 'not-begun'}
  | {
      readonly node: string
      readonly result: 'failed'
      readonly step: StepName
      readonly error: unknown
      readonly aftermath: Aftermath
    }

/**
 * Wave by wave; a failure lets the wave-mates finish their turn and begins no other, unless more may fail. A step is journalled before
 * and after. Nothing is resumed from the journal: a run that was cut is taken up by planning anew from what is seen.
 */
export async function execute(run: Run): Promise<readonly NodeOutcome[]> {
  const outcomes: NodeOutcome[] = []
  for (const wave of run.plan.waves) {
    const goOn = mayGoOn(run, outcomes) && (await goesOn(run))
    outcomes.push(...(await Promise.all(wave.map(plan => (goOn ? takeTurn(run, plan) : notBegun(plan))))))
  }
  return outcomes
}

/** A node that went back and serves may be left behind, as many as the policy says; a canary never, nor one that is out. */
function mayGoOn({cluster}: Run, outcomes: readonly NodeOutcome[]): boolean {
  const {canary, maxFailed} = cluster.rollout
  const failed = outcomes.flatMap(outcome => (outcome.result === 'failed' ? [outcome] : []))
  const bearable = failed.every(
    ({node, step, aftermath}) => node !== canary && step !== 'may-it-go' && aftermath.state === 'restored',
  )
  return bearable && failed.length <= maxFailed && outcomes.every(({result}) => result !== 'not-begun')
}

async function takeTurn(run: Run, plan: NodePlan): Promise<NodeOutcome> {
  const turn: Turn = {run, plan, node: nodeNamed(run.cluster, plan.node)}
  const started = run.ports.clock.now()
  const drains = plan.steps.some(({kind}) => kind === 'drain')
  try {
    if (drains) await tracked(turn, {step: 'may-it-go', describe: 'every other node serves'}, () => mayBegin(turn))
  } catch (error) {
    return failed(plan.node, 'may-it-go', {error, aftermath: {state: 'restored'}})
  }
  for (const step of plan.steps) {
    try {
      await tracked(turn, {step: step.kind, describe: describeStep(step)}, () => doStep(turn, step))
    } catch (error) {
      return failed(plan.node, step.kind, {error, aftermath: await recover(turn, step, error)})
    }
  }
  const milliseconds = run.ports.clock.now() - started
  const drained = plan.steps.some(({kind}) => kind === 'leave-drained')
  run.progress({type: 'node-done', node: plan.node, milliseconds, drained})
  return {node: plan.node, result: 'done', milliseconds}
}

async function mayBegin(turn: Turn): Promise<string> {
  holdsBudget(turn.run, turn.node, 'may-it-go')
  return mayItGo(turn)
}

/** Where users already notice that a node is out, it goes back in at once. */
async function doStep(turn: Turn, step: Step): Promise<string> {
  const seen = await applyStep(turn, step)
  if (step.kind === 'drain') holdsBudget(turn.run, turn.node, 'drain')
  return seen
}

interface Named {
  readonly step: StepName
  readonly describe: string
}

async function tracked({run, plan}: Turn, {step, describe}: Named, act: () => Promise<string>): Promise<void> {
  const started = run.ports.clock.now()
  run.progress({type: 'step-started', node: plan.node, step, detail: describe})
  await run.journal.append({type: 'step-started', node: plan.node, step})
  try {
    holdsLock(run, nodeNamed(run.cluster, plan.node))
    const detail = await act()
    await run.journal.append({type: 'step-done', node: plan.node, step, detail})
    run.progress({type: 'step-done', node: plan.node, step, milliseconds: run.ports.clock.now() - started, detail})
  } catch (error) {
    const message = messageOf(error)
    await run.journal.append({type: 'step-failed', node: plan.node, step, detail: message})
    run.progress({type: 'step-failed', node: plan.node, step, message})
    throw error
  }
}

function failed(
  node: string,
  step: StepName,
  how: {readonly error: unknown; readonly aftermath: Aftermath},
): NodeOutcome {
  return {node, result: 'failed', step, ...how}
}

function notBegun({node}: NodePlan): NodeOutcome {
  return {node, result: 'not-begun'}
}
