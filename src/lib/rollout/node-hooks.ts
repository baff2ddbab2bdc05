import {GhaError} from '../errors/gha-error.ts'
import {hasStep} from '../plan/plan.ts'
import {callHook, type HookCall, sceneOf} from './call-hook.ts'
import type {NodeOutcome} from './node-outcome.ts'
import {holdsLock, nodeNamed, type Run, type Turn} from './run.ts'

/** What opens with a node's turn closes with it: whoever had its `preNode` gets its `postNode`, however the turn ended. */
export class NodeHooks {
  readonly #run: Run
  readonly #begun = new Set<string>()

  constructor(run: Run) {
    this.#run = run
  }

  /** A node that was stopped for another's migration has begun already. @throws GhaError `HOOK_FAILED` */
  async before(turn: Turn): Promise<'ran' | 'nothing'> {
    const {name} = turn.node
    if (this.#begun.has(name)) return 'nothing'
    await callNodeHook(turn, {hook: 'preNode'})
    this.#begun.add(name)
    const {preNode} = turn.run.cluster.hooks
    return preNode && !preNode.skipped ? 'ran' : 'nothing'
  }

  /** A turn that went well can still fail here, if the operator wishes so. */
  async after(turn: Turn, outcome: NodeOutcome): Promise<NodeOutcome> {
    if (outcome.result === 'done' && hasStep(turn.plan, 'stop')) return outcome
    return this.#close(outcome)
  }

  /** Those whose turn did not come to its end: the run ended before. */
  async end(outcomes: readonly NodeOutcome[]): Promise<void> {
    const last = new Map(outcomes.map(outcome => [outcome.node, outcome]))
    for (const node of [...this.#begun]) await this.#close(last.get(node) ?? {node, result: 'not-begun'})
  }

  async #close(outcome: NodeOutcome): Promise<NodeOutcome> {
    const {node: name, result} = outcome
    if (!this.#begun.delete(name)) return outcome
    const node = nodeNamed(this.#run.cluster, name)
    try {
      await callHook(sceneOf(this.#run), {
        hook: 'postNode',
        node,
        outcome: result === 'failed' ? outcome.aftermath.state : result,
        ...(result === 'done' ? {} : {onFailure: 'warn'}),
      })
      return outcome
    } catch (error) {
      if (!(error instanceof GhaError)) throw error
      const aftermath = {state: 'kept', reason: 'its turn went well, and then `postNode` failed'} as const
      return {node: name, result: 'failed', step: 'postNode', error, aftermath}
    }
  }
}

/** @throws GhaError `HOOK_FAILED`, or `LOCK_LOST`: a run that lost its lock runs nothing more */
export async function callNodeHook({run, node}: Turn, call: Omit<HookCall, 'node'>): Promise<void> {
  holdsLock(run, node)
  await callHook(sceneOf(run), {...call, node})
}
