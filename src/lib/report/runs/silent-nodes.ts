import type {ChalkInstance} from 'chalk'
import type {ExitName} from '../../errors/exit-codes.ts'
import {printable} from '../printable.ts'
import type {RunsSeen} from './runs-seen.ts'

/** A node that could not be asked may know of a run that nobody else knows. */
export function runsExit({silent}: RunsSeen): ExitName {
  return silent.length === 0 ? 'ok' : 'partial'
}

export function silentLines({silent}: RunsSeen, paint: ChalkInstance): readonly string[] {
  return silent.map(({node, reason}) => paint.yellow(`${node} could not be asked: ${printable(reason)}`))
}
