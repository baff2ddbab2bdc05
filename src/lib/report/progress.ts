import {Chalk} from 'chalk'
import type {ProgressEvent} from '../rollout/run.ts'
import {printable} from './printable.ts'
import {secondsText} from './seconds-text.ts'

/** One line per thing that happened; a step that begins is only told where it may take its time. */
export function progressLine(event: ProgressEvent, {colour}: {readonly colour: boolean}): string | undefined {
  const paint = new Chalk({level: colour ? 1 : 0})
  const at = (node: string) => paint.bold(node.padEnd(8))
  switch (event.type) {
    case 'run-started':
      return `run ${event.run}`
    case 'step-started':
      return SLOW.has(event.step) ? `${at(event.node)} ${event.step}: ${paint.dim(event.detail)}` : undefined
    case 'step-done':
      return `${at(event.node)} ${paint.green('✓')} ${event.step} ${paint.dim(`${event.detail}, ${secondsText(event.milliseconds)}`)}`
    case 'step-failed':
      return `${at(event.node)} ${paint.red('✗')} ${event.step}: ${event.message}`
    case 'node-done':
      return `${at(event.node)} ${event.drained ? 'stays drained' : paint.green('serves again')} after ${secondsText(event.milliseconds)}`
    case 'connections-cut':
      return `${at(event.node)} ${paint.yellow(`${event.count} still open and cut`)}: WebSockets and long polls connect again`
    case 'hook-started':
      return `${at(event.node ?? '')} ${event.hook}: ${paint.dim(printable(event.words))}`
    case 'hook-said':
      return `${at(event.node ?? '')} ${event.hook} | ${printable(event.line)}`
    case 'hook-done':
      return `${at(event.node ?? '')} ${paint.green('✓')} ${event.hook} ${paint.dim(secondsText(event.milliseconds))}`
    case 'hook-failed':
      return `${at(event.node ?? '')} ${MARKS[event.onFailure](paint)} ${event.hook}: ${printable(event.message)}`
    case 'trial-begun':
    case 'trial-over':
      return trialLine(event)
    case 'note':
      return event.text
    case 'dead-man':
      return undefined
  }
}

function trialLine(event: Extract<ProgressEvent, {readonly type: 'trial-begun' | 'trial-over'}>): string {
  if (event.type === 'trial-over') return `${event.kept ? 'Kept' : 'Going back'}: ${printable(event.why)}.`
  return `On trial for ${event.seconds} s: every node serves, the lock is kept. \`gha rollout confirm\` from any machine keeps it; otherwise it is undone.`
}

const MARKS = {
  stop: (paint: InstanceType<typeof Chalk>) => paint.red('✗'),
  warn: (paint: InstanceType<typeof Chalk>) => paint.yellow('warning:'),
} as const

const SLOW = new Set(['drain', 'gate', 'revert', 'soak', 'stage'])
