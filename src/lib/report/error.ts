import {Chalk, type ChalkInstance} from 'chalk'
import {exitCode} from '../errors/exit-codes.ts'
import {GhaError} from '../errors/gha-error.ts'
import {messageOf} from '../errors/message-of.ts'
import {visible} from './visible.ts'

/** What happened, on which node, at which step, what is unchanged, the next command: in that order. */
export function errorText(error: unknown, {colour}: {readonly colour: boolean}): string {
  const paint = new Chalk({level: colour ? 1 : 0})
  if (!(error instanceof GhaError)) return bugText(error, paint)
  const where = [error.node && `node ${error.node}`, error.step && `step ${error.step}`].filter(Boolean).join(', ')
  return [
    `${paint.red('error:')} ${visible(where && `${where}: `)}${visible(error.message)}`,
    error.unchanged && `  ${visible(error.unchanged)}`,
    error.hint && `  ${paint.cyan('→')} ${visible(error.hint)}`,
  ]
    .filter(Boolean)
    .join('\n')
}

/** The same for machines. */
export function errorDocument(error: unknown): Record<string, unknown> {
  const exit = exitCode(error instanceof GhaError ? error.exit : 'bug')
  return {schemaVersion: 1, type: 'error', error: {...errorDetails(error), exit}}
}

/** Without the exit code, which a step's error does not decide. */
export function errorDetails(error: unknown): Record<string, unknown> {
  if (!(error instanceof GhaError)) {
    return {code: 'BUG', message: messageOf(error)}
  }
  const {code, message, node, step, unchanged, hint} = error
  return {code, message, node, step, unchanged, hint}
}

function bugText(error: unknown, paint: ChalkInstance): string {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `${paint.red('bug:')} gha failed in a way it should not\n${visible(detail)}`
}
