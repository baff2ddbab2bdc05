import path from 'node:path'
import {GhaError} from '../../errors/gha-error.ts'
import {messageOf} from '../../errors/message-of.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {Programs} from '../../ports/local.ts'
import type {Backup} from './backup.ts'

/** A snapshot of a large volume takes its time. */
const DEADLINE_SECONDS = 4 * 3600
const LONGEST_ID = 200

/** Runs the operator's own command: it did well when it ends with 0, and its last line is what its copy is called. */
export async function takeSnapshot(
  {file}: Cluster,
  programs: Programs,
  {words, signal}: {readonly words: readonly [string, ...string[]]; readonly signal: AbortSignal},
): Promise<Backup> {
  const hint = 'See what it says when you run it by hand, beside gha.yaml.'
  const wish = {deadlineSeconds: DEADLINE_SECONDS, signal}
  const output = await programs.output(words, path.dirname(file), wish).catch(error => {
    throw new GhaError(`the backup command ${words[0]} failed: ${messageOf(error)}`, {
      code: 'BACKUP_COMMAND',
      exit: 'preflight',
      hint,
      cause: error,
    })
  })
  const id = output.split('\n').findLast(line => line.trim() !== '')
  if (id !== undefined)
    return {
      id: id
        .replaceAll(/\p{Cc}/gu, ' ')
        .trim()
        .slice(0, LONGEST_ID),
    }
  throw new GhaError(`the backup command ${words[0]} named no backup on its standard output`, {
    code: 'BACKUP_COMMAND',
    exit: 'preflight',
    hint: 'Let it print the id of its copy as the last line.',
  })
}
