import {GhaError} from '../../errors/gha-error.ts'

/** `how`: what is wrong with the archive, as the end of a sentence. */
export function damagedArchive(how: string, cause?: unknown): GhaError {
  return new GhaError(`the archive ${how}`, {
    code: 'BACKUP_DAMAGED',
    exit: 'preflight',
    hint: 'Take another backup.',
    cause,
  })
}
