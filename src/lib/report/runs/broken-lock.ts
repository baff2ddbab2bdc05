import type {ExitName} from '../../errors/exit-codes.ts'
import {printable} from '../printable.ts'

export interface BrokenLock {
  readonly result: 'broken' | 'planned' | 'declined'
  readonly run: string
  /** Where the lock was taken away. */
  readonly nodes: readonly string[]
  /** Where it could not be. */
  readonly failed: readonly {readonly node: string; readonly reason: string}[]
}

export function brokenLockText({result, run, nodes, failed}: BrokenLock): string {
  if (result === 'planned') return 'Nothing was changed.'
  if (result === 'declined') return 'Cancelled; nothing was changed.'
  return [
    ...(nodes.length > 0
      ? [`Run ${run} has lost its lock on ${nodes.join(', ')}; what it still sends is refused there.`]
      : []),
    ...failed.map(({node, reason}) => `${node} still has it: ${printable(reason)}`),
    'If it also held the lock in the database, that is free when its connection ends, half a minute after its last word.',
    'A node that it had taken out stays out: `gha status` shows it, the command that was cut short brings it back when it is run again.',
  ].join('\n')
}

export function brokenLockDocument(broken: BrokenLock): Record<string, unknown> {
  return {schemaVersion: 1, type: 'lock-break', ...broken}
}

export function brokenLockExit({result, failed}: BrokenLock): ExitName {
  if (result === 'declined') return 'cancelled'
  return failed.length > 0 ? 'partial' : 'ok'
}
