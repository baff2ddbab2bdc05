import type {ChalkInstance} from 'chalk'
import type {ExitName} from '../../errors/exit-codes.ts'
import {printable} from '../printable.ts'
import type {RunsSeen} from './runs-seen.ts'

/** A node that could not be asked may know of a run that nobody else knows. */
export function runsExit({silent}: RunsSeen): ExitName {
  return silent.length === 0 ? 'ok' : 'partial'
}

/** Ends a sentence that says nobody or none: of nodes that could not be asked that is not known. */
export function asFarAsAsked({silent}: Pick<RunsSeen, 'silent'>): string {
  return silent.length > 0 ? ', as far as nodes could be asked' : ''
}

/** `; gf1, gf2 could not be asked`, or nothing. */
export function unaskedWords({silent}: Pick<RunsSeen, 'silent'>): string {
  return silent.length > 0 ? `; ${silent.map(({node}) => node).join(', ')} could not be asked` : ''
}

export function silentLines({silent}: RunsSeen, paint: ChalkInstance): readonly string[] {
  return silent.map(({node, reason}) => paint.yellow(`${node} could not be asked: ${printable(reason)}`))
}
