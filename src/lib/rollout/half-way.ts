import type {ExitName} from '../errors/exit-codes.ts'
import {GhaError} from '../errors/gha-error.ts'
import {given} from '../model/given.ts'

/** Codes that say that nothing was changed. */
const UNTOUCHED: ReadonlySet<ExitName> = new Set(['locked', 'preflight'])

/** The same error where something was changed before it. */
export function halfWay(error: unknown): unknown {
  if (!(error instanceof GhaError) || !UNTOUCHED.has(error.exit)) return error
  const {message, code, node, step, unchanged, hint} = error
  return new GhaError(message, {code, exit: 'partial', cause: error, ...given({node, step, unchanged, hint})})
}
