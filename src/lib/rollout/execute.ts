import {GhaError} from '../errors/gha-error.ts'
import {given} from '../model/given.ts'
import {hasStep, type MaintenanceWindow, type NodePlan, nodesOf, type Step} from '../plan/plan.ts'
import type {Aftermath} from './aftermath.ts'
import {goesOn} from './goes-on.ts'
import {holdsBudget} from './holds-budget.ts'
import {mayItGo} from './may-it-go.ts'
import {callNodeHook, NodeHooks} from './node-hooks.ts'
import type {NodeOutcome} from './node-outcome.ts'
import {type FailedAt, recover, startAgain} from './recover.ts'
import {nodeNamed, type Run, type StepName, type Turn} from './run.ts'
import {applyStep, describeStep} from './steps/executors.ts'
import {tracked} from './tracked.ts'

/**
 * Wave by wave; a failure lets the wave-mates finish their turn and begins no other, unless more may fail. A step is journalled before
 * and after. Nothing is resumed from the journal: a run that was cut is taken up by planning anew from what is seen.
 */
export async function execute(run: Run): Promise<readonly NodeOutcome[]> {
  const hooks = new NodeHooks(run)
  const {window} = run.plan
  const outcomes = await (window ? executeWindow({...unwatched(run), hooks}, window) : executeWaves({...run, hooks}))
  await hooks.end(outcomes)
  return outcomes
}

interface Execution extends Run {
  readonly hooks: NodeHooks
}

async function executeWaves(run: Execution): Promise<readonly NodeOutcome[]> {
  const outcomes: NodeOutcome[] = []
  for (const wave of run.plan.waves) {
    const goOn = mayGoOn(run, outcomes) && (await goesOn(run))
    outcomes.push(...(goOn ? await takeTurns(run, wave) : wave.map(notBegun)))
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

/**
 * All others stop before the writer goes. Where one of them or the writer fails, or the operator stops, before the schema
 * was touched, they start again as they were. Nobody can pause it in between, only before its first stop.
 * Once the writer serves, the others follow also after a Ctrl-C: they are stopped. Who serves and would go after them is
 * left as it is then.
 */
async function executeWindow(run: Execution, {writer, stops}: MaintenanceWindow): Promise<readonly NodeOutcome[]> {
  if (!(await goesOn(run))) return nodesOf(run.plan).map(notBegun)
  const outcomes = (await takeTurns(run, stops)).filter(({result}) => result === 'failed')
  for (const [index, wave] of run.plan.waves.entries()) {
    const first = index === 0 && writer !== undefined
    const goOn = outcomes.every(({result}) => result === 'done') && (await mayFollow(run, wave, {first}))
    const told = first ? tellingOutage(run, writer) : run
    outcomes.push(...(goOn ? await takeTurns(told, wave) : wave.filter(isUntold(outcomes)).map(leftBehind(stops))))
    if (first && !outcomes.some(outcome => outcome.node === writer && mayHaveMigrated(outcome)))
      outcomes.push(...(await startAll(run, stops.filter(isUntold(outcomes)))))
  }
  return outcomes
}

async function mayFollow(run: Run, wave: readonly NodePlan[], {first}: {readonly first: boolean}): Promise<boolean> {
  if (first) return !run.stopRequested()
  return !wave.some(({interrupts}) => interrupts) || goesOn(run)
}

/** That users notice is no reason to go back: the window was announced. */
function unwatched({watch: _, ...run}: Run): Run {
  return run
}

/** Says how long nobody served, once the writer is back. */
function tellingOutage(run: Execution, writer: string): Execution {
  let since: number | undefined
  const progress: Run['progress'] = event => {
    run.progress(event)
    if (!('step' in event) || event.node !== writer) return
    const left = event.type === 'step-done' && event.step === 'drain'
    if (left || event.step === 'activate') since ??= run.ports.clock.now()
    if (event.type !== 'step-done' || event.step !== 'undrain' || since === undefined) return
    const seconds = ((run.ports.clock.now() - since) / 1000).toFixed(1)
    run.progress({type: 'note', text: `the maintenance window is over: nobody served for ${seconds} s`})
  }
  return {...run, progress}
}

function takeTurns(run: Execution, plans: readonly NodePlan[]): Promise<NodeOutcome[]> {
  return Promise.all(plans.map(plan => takeTurn(run, plan)))
}

/** Whoever failed before its swap has not, also where nobody knows how it stands. */
function mayHaveMigrated(outcome: NodeOutcome): boolean {
  if (outcome.result !== 'failed') return outcome.result === 'done'
  return outcome.aftermath.state !== 'restored' && !BEFORE_SWAP.has(outcome.step)
}

const BEFORE_SWAP: ReadonlySet<StepName> = new Set(['preNode', 'arm', 'preDrain', 'drain', 'postDrain'])

/** What failed to stop was given back, or left alone. */
function isUntold(outcomes: readonly NodeOutcome[]): (plan: NodePlan) => boolean {
  return plan => !outcomes.some(({node}) => node === plan.node)
}

/** Whoever made room stays stopped once the writer may have migrated. */
function leftBehind(stops: readonly NodePlan[]): (plan: NodePlan) => NodeOutcome {
  return ({node}) => ({node, result: stops.some(stop => stop.node === node) ? 'held-out' : 'not-begun'})
}

/** Each as it was, unless the database shows a migration, or does not tell. */
function startAll(run: Run, stops: readonly NodePlan[]): Promise<readonly NodeOutcome[]> {
  return Promise.all(
    stops.map(async plan => {
      const aftermath = await startAgain({run, plan, node: nodeNamed(run.cluster, plan.node)})
      if (aftermath.state === 'restored') return {node: plan.node, result: 'restored'}
      const error = new GhaError(`it was stopped for the migration and did not start again: ${aftermath.reason}`, {
        code: 'NOT_STARTED_AGAIN',
        exit: 'partial',
        node: plan.node,
        hint: 'Look at the node with `gha check`, then run the command again.',
      })
      return failed(plan.node, 'revert', {error, aftermath})
    }),
  )
}

async function takeTurn(run: Execution, plan: NodePlan): Promise<NodeOutcome> {
  const turn: Turn = {run, plan, node: nodeNamed(run.cluster, plan.node)}
  const drains = hasStep(plan, 'drain') && !isOfWindow(run, plan)
  try {
    if (drains) await tracked(turn, {step: 'may-it-go', describe: 'every other node serves'}, () => mayBegin(turn))
  } catch (error) {
    return failed(plan.node, 'may-it-go', {error, aftermath: {state: 'restored'}})
  }
  const lookedAt = drains ? run.ports.clock.now() : undefined
  try {
    if ((await run.hooks.before(turn)) === 'ran' && stopsHere(turn)) return run.hooks.after(turn, notBegun(plan))
  } catch (error) {
    return failed(plan.node, 'preNode', {error, aftermath: {state: 'restored'}})
  }
  return run.hooks.after(turn, await takeSteps({...turn, ...given({lookedAt})}))
}

/** A turn on its way. */
interface Going extends Turn {
  /** When every other node was seen to serve; undefined where none has to. */
  readonly lookedAt?: number
}

/** Nobody serves in its place: that is what the window is for. */
function isOfWindow({plan: {window}}: Run, plan: NodePlan): boolean {
  return window !== undefined && (window.writer === plan.node || window.stops.includes(plan))
}

/** Whoever made room for the writer is started again with the others. */
function stopsHere({run, plan}: Turn): boolean {
  return run.stopRequested() && !run.plan.window?.stops.includes(plan)
}

async function takeSteps(turn: Going): Promise<NodeOutcome> {
  const {run, plan} = turn
  const started = run.ports.clock.now()
  let served: number | undefined
  for (const step of plan.steps) {
    for (const [at, act] of partsOf(turn, step)) {
      try {
        await act()
      } catch (error) {
        const aftermath = await recover(turn, placeOf(at, step), error)
        return failed(plan.node, at, {error, aftermath})
      }
    }
    if (step.kind === 'undrain' || step.kind === 'leave-drained') served = run.ports.clock.now()
  }
  const drained = hasStep(plan, 'leave-drained')
  if (served !== undefined) run.progress({type: 'node-done', node: plan.node, milliseconds: served - started, drained})
  return {node: plan.node, result: 'done', milliseconds: run.ports.clock.now() - started}
}

function placeOf(at: StepName, step: Step): FailedAt {
  return at === 'preDrain' ? {kind: at} : step
}

type Part = readonly [at: StepName, act: () => Promise<void>]

/** A step, and the operator's programs around it. */
function partsOf(turn: Going, step: Step): readonly Part[] {
  const own: Part = [
    step.kind,
    () => tracked(turn, {step: step.kind, describe: describeStep(step)}, () => doStep(turn, step)),
  ]
  if (step.kind !== 'drain') return [own]
  const hook = (name: 'preDrain' | 'postDrain'): Part => [name, () => callNodeHook(turn, {hook: name})]
  return [hook('preDrain'), own, hook('postDrain')]
}

async function mayBegin(turn: Turn): Promise<string> {
  holdsBudget(turn.run, turn.node, 'may-it-go')
  return mayItGo(turn)
}

/** A hook, or the script of another that was at work there, may have kept the node waiting. */
const LOOK_AGAIN_MILLISECONDS = 10_000

/** Where users already notice that a node is out, it goes back in at once. */
async function doStep(turn: Going, step: Step): Promise<string> {
  const {lookedAt = Number.POSITIVE_INFINITY} = turn
  if (step.kind === 'drain' && turn.run.ports.clock.now() - lookedAt > LOOK_AGAIN_MILLISECONDS) await mayItGo(turn)
  const seen = await applyStep(turn, step)
  if (step.kind === 'drain') holdsBudget(turn.run, turn.node, 'drain')
  return seen
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
