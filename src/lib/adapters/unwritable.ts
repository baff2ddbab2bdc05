import {GhaError} from '../errors/gha-error.ts'

/** What kept a backup's file or folder from being written, as the operator's error; anything else as it is. */
export function unwritable(file: string, error: unknown): unknown {
  if (error instanceof GhaError || !(error instanceof Error && 'syscall' in error)) return error
  const full = 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
  return new GhaError(full ? `no space is left for ${file}` : `cannot write ${file}: ${error.message}`, {
    code: full ? 'BACKUP_SPACE' : 'BACKUP_FOLDER',
    exit: 'preflight',
    hint: full
      ? 'Free some space there, or name another folder as `backup.directory` in gha.yaml.'
      : 'Name another folder as `backup.directory` in gha.yaml.',
    cause: error,
  })
}
