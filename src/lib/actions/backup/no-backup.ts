import {GhaError} from '../../errors/gha-error.ts'
import {given} from '../../model/given.ts'

/** Of a run that goes no further: no backup, no change of the schema. */
export function noBackup(error: unknown, unchanged: string): unknown {
  if (!(error instanceof GhaError)) return error
  const {message, code, exit, node, hint} = error
  return new GhaError(`no backup, so the schema is left as it is: ${message}`, {
    code,
    exit: exit === 'authentication' || exit === 'locked' ? exit : 'preflight',
    step: 'backup',
    unchanged,
    hint: `${hint ?? 'Run `gha check`.'} Or have something else copy the database, with \`--backup-cmd\`; \`--skip-backup\` goes on without any way back.`,
    cause: error,
    ...given({node}),
  })
}
