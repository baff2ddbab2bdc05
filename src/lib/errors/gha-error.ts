import {given} from '../model/given.ts'
import type {ExitName} from './exit-codes.ts'

export interface ErrorDetails {
  /** Stable, upper case: `HOST_KEY_CHANGED`. */
  readonly code: string
  readonly exit: ExitName
  readonly node?: string
  readonly step?: string
  /** What is as before: a full sentence. */
  readonly unchanged?: string
  /** A full sentence with the next command. */
  readonly hint?: string
  readonly cause?: unknown
}

/** An error the operator can act on. Anything else that is thrown is a bug. The message is lower case, without a full stop. */
export class GhaError extends Error {
  readonly code: string
  readonly exit: ExitName
  readonly node: string | undefined
  readonly step: string | undefined
  readonly unchanged: string | undefined
  readonly hint: string | undefined

  constructor(message: string, details: ErrorDetails) {
    super(message, {cause: details.cause})
    this.name = 'GhaError'
    this.code = details.code
    this.exit = details.exit
    this.node = details.node
    this.step = details.step
    this.unchanged = details.unchanged
    this.hint = details.hint
  }
}

/** The same error, said of a node. One that names a node already stays as it is, and so does a bug. */
export function onNode(error: unknown, node: string): unknown {
  if (!(error instanceof GhaError) || error.node !== undefined) return error
  const {message, code, exit, step, unchanged, hint} = error
  return new GhaError(message, {code, exit, node, cause: error, ...given({step, unchanged, hint})})
}
