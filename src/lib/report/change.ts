import {type ExitName, exitCode} from '../errors/exit-codes.ts'
import type {Plan} from '../plan/plan.ts'
import {type NodeOutcome, wasBegun} from '../rollout/node-outcome.ts'
import type {UnstagedRun} from '../rollout/run.ts'
import {availabilityDocument, availabilityText, type ShownUsers} from './availability.ts'
import {errorDetails} from './error.ts'
import {printable} from './printable.ts'
import {secondsText} from './seconds-text.ts'

/** What a run came to. */
export interface ShownChange {
  readonly result: 'as-wished' | 'planned' | 'declined' | 'done' | 'stopped' | 'reverted' | 'partial'
  readonly plan: Plan
  /** What was called for. */
  readonly calledFor: UnstagedRun['calledFor']
  readonly run?: string
  readonly milliseconds?: number
  readonly nodes?: readonly NodeOutcome[]
  readonly left?: readonly string[]
  /** The copy of the database that was taken before the first node. */
  readonly backup?: {readonly id: string; readonly folder?: string}
  /** Node → connections that were still open when its time to drain was over. */
  readonly cut?: ReadonlyMap<string, number>
  /** Hooks that failed and stopped nothing, in words. */
  readonly hooksFailed?: readonly string[]
  /** Set where it was on trial. */
  readonly tried?: {readonly kept: boolean; readonly why: string}
  /** What came of going back, where nobody confirmed. */
  readonly undone?: ShownChange
  readonly sights?: {readonly users?: ShownUsers}
}

const EXITS: Readonly<Record<ShownChange['result'], ExitName>> = {
  'as-wished': 'ok',
  planned: 'ok',
  declined: 'cancelled',
  done: 'ok',
  stopped: 'cancelled',
  reverted: 'reverted',
  partial: 'partial',
}

/** Where serving nodes still wait for a rollout, even a run that went well says so. */
export function changeExit({result, plan, undone}: ShownChange): ExitName {
  if (undone) return undone.result === 'done' || undone.result === 'as-wished' ? 'reverted' : 'partial'
  const exit = EXITS[result]
  return exit === 'ok' && plan.pending.length > 0 ? 'drift' : exit
}

export function changeText(change: ShownChange): string {
  const waits = change.plan.pending
  const lines = [sentenceOf(change)]
  for (const node of change.nodes ?? []) lines.push(...failureLines(node))
  if (change.result === 'stopped' || change.result === 'partial') {
    lines.push(...(change.left ?? []).map(text => `still to do: ${text}`))
    lines.push(
      isUnbegun(change)
        ? 'To go on: run the same command again.'
        : `To go on: run \`${COMMANDS[change.calledFor]}\` again; it looks at the cluster first and does only what is left.`,
    )
  }
  lines.push(...cutLine(change.cut))
  if (change.backup) lines.push(backupLine(change.backup))
  lines.push(...(change.plan.skippedBalancers ?? []).map(skippedLine))
  lines.push(...hookFailureLines(change.hooksFailed), ...trialLines(change.tried))
  if (change.sights?.users) lines.push(availabilityText(change.sights.users))
  if (waits.length > 0) {
    lines.push(PENDING[change.plan.verb])
    lines.push(...waits.map(text => `  ${text}`))
  }
  if (change.milliseconds !== undefined) lines.push(`run ${change.run}, ${secondsText(change.milliseconds)}`)
  return [...lines, ...wayBackLines(change.undone)].join('\n')
}

export function changeDocument(change: ShownChange): Record<string, unknown> {
  return {
    schemaVersion: 1,
    type: change.plan.verb,
    result: change.result,
    exit: exitCode(changeExit(change)),
    run: change.run,
    milliseconds: change.milliseconds,
    nodes: change.nodes?.map(outcomeDocument),
    left: change.left,
    tried: change.tried,
    undone: change.undone && changeDocument(change.undone),
    backup: change.backup && {id: change.backup.id, folder: change.backup.folder},
    cutConnections: Object.fromEntries(change.cut ?? []),
    users: change.sights?.users && availabilityDocument(change.sights.users),
    skippedBalancers: change.plan.skippedBalancers ?? [],
    hooksFailed: change.hooksFailed ?? [],
    pending: change.plan.pending,
  }
}

const SENTENCES: Readonly<Record<ShownChange['result'], string>> = {
  'as-wished': 'Everything is as gha.yaml wishes; nothing to do.',
  planned: 'Nothing was changed.',
  declined: 'Cancelled; nothing was changed.',
  done: 'Done, and seen to be so on every node.',
  stopped: 'Stopped after the node under way, as asked; the others are as before.',
  reverted: 'Failed, and everything is as it was before.',
  partial: 'Not finished: the cluster is not yet as gha.yaml wishes.',
}

function sentenceOf(change: ShownChange): string {
  const {result, calledFor, plan, nodes = []} = change
  if (result === 'as-wished' && plan.pending.length > 0)
    return 'Every node serves; some are not yet as gha.yaml wishes.'
  if (!isUnbegun(change)) return (calledFor === 'undo' ? UNDO_SENTENCES[result] : undefined) ?? SENTENCES[result]
  return nodes.some(node => node.result === 'restored')
    ? 'Stopped before the migration, as asked: all that made room for it serve again as before.'
    : 'Stopped before any node was touched, as asked.'
}

/** What it had written into gha.yaml is taken back then. */
function isUnbegun({result, nodes = []}: ShownChange): boolean {
  return result === 'stopped' && !nodes.some(wasBegun)
}

/** What was before need not be what gha.yaml wishes. */
const UNDO_SENTENCES: Partial<typeof SENTENCES> = {
  'as-wished': 'The nodes are as they were before that run; nothing to do.',
  partial: 'Not finished: not every node is back to what it was before that run.',
}

const COMMANDS: Readonly<Record<ShownChange['calledFor'], string>> = {
  apply: 'gha apply',
  rollout: 'gha rollout',
  undo: 'gha rollout undo',
}

const PENDING = {
  apply: 'Nodes that serve were not restarted: `gha rollout` does that.',
  rollout: 'Left for a later `gha rollout`, by --limit:',
} as const

function cutLine(cut: ShownChange['cut'] = new Map()): readonly string[] {
  if (cut.size === 0) return []
  const sum = [...cut.values()].reduce((total, count) => total + count, 0)
  const nodes = [...cut].map(([node, count]) => `${node} ${count}`).join(', ')
  return [`Still open at the end of draining, and cut: ${sum} (${nodes}).`]
}

function backupLine({id, folder}: NonNullable<ShownChange['backup']>): string {
  return `Backup of the database from before: ${printable(id)}${folder === undefined ? '' : ` (${folder})`}`
}

function trialLines(tried: ShownChange['tried']): readonly string[] {
  if (!tried) return []
  return [`It was on trial and is ${tried.kept ? 'kept' : 'undone'}: ${printable(tried.why)}.`]
}

function wayBackLines(undone: ShownChange['undone']): readonly string[] {
  return undone ? ['', 'The way back:', changeText(undone)] : []
}

function hookFailureLines(failed: ShownChange['hooksFailed'] = []): readonly string[] {
  return failed.map(text => `A hook failed, and nothing was stopped: ${printable(text)}`)
}

/** It comes back with what it knew: perhaps a node that is out now, perhaps an old file. */
function skippedLine(name: string): string {
  return `${name} was skipped and knows nothing of this run: run \`gha check\` before it serves again.`
}

const AFTERMATHS = {
  restored: 'It is as it was before',
  'held-out': 'It is held out of the balancer',
  'left-in': 'Nobody has taken it out of the balancer, but it may be marked so',
  kept: 'It serves on its new release',
} as const

function failureLines(node: NodeOutcome): readonly string[] {
  if (node.result !== 'failed') return []
  const {message, hint} = errorDetails(node.error)
  const after = AFTERMATHS[node.aftermath.state]
  const why = node.aftermath.state === 'restored' ? '.' : `: ${node.aftermath.reason}.`
  return [`${node.node} failed at ${node.step}: ${message}`, `  ${after}${why}`, ...(hint ? [`  → ${hint}`] : [])]
}

function outcomeDocument(node: NodeOutcome): Record<string, unknown> {
  if (node.result !== 'failed') return {...node}
  const {error, ...rest} = node
  return {...rest, error: errorDetails(error)}
}
