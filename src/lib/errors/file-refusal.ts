import {given} from '../model/given.ts'
import {GhaError} from './gha-error.ts'

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'no right to read or write it',
  EDQUOT: 'no room left for it within its quota',
  EEXIST: 'a file stands where a folder should be',
  EISDIR: 'it is a folder, not a file',
  ELOOP: 'its links lead in a circle',
  ENOENT: 'it is not there',
  ENOSPC: 'no room left for it',
  ENOTDIR: 'a file stands where a folder should be',
  ENXIO: 'it is a pipe or a device, not a file',
  EPERM: 'no right to change it',
  EROFS: 'its file system is read-only',
}

/** What this machine's file system refuses, as `FILE`; undefined for any other error. */
export function fileRefusal(error: unknown, unchanged?: string): GhaError | undefined {
  if (!isFileError(error)) return undefined
  return new GhaError(`${error.path ?? 'a file'}: ${WORDS[error.code]}`, {
    code: 'FILE',
    exit: 'usage',
    hint: 'Name another file or folder, or mend this one.',
    ...given({unchanged}),
  })
}

function isFileError(error: unknown): error is Error & {readonly code: string; readonly path?: string} {
  return error instanceof Error && 'syscall' in error && 'code' in error && String(error.code) in WORDS
}
