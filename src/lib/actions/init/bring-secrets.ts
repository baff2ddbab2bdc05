import path from 'node:path'
import {GhaError} from '../../errors/gha-error.ts'
import {Secret} from '../../model/secret.ts'
import type {Ports} from '../../ports/ports.ts'
import type {InitSecrets, SecretName} from './wish.ts'

export type SecretFiles = Readonly<Partial<Record<SecretName, string | undefined>>>

/** The secrets that the operator brings in files, and the database's password from the environment. */
export async function readSecrets(
  named: SecretFiles,
  {files, env}: Pick<Ports, 'files' | 'env'>,
): Promise<InitSecrets> {
  const read = await Promise.all(
    Object.entries(named).map(async ([name, file]) =>
      file === undefined ? [] : [[name, await readSecret(file, files)] as const],
    ),
  )
  const password = env.get('GHA_DATABASE_PASSWORD')
  return {
    ...(password ? {database_password: new Secret(password)} : {}),
    ...Object.fromEntries(read.flat()),
  }
}

async function readSecret(file: string, files: Ports['files']): Promise<Secret> {
  const bytes = await files.read(path.resolve(file))
  const text = bytes && new TextDecoder().decode(bytes).replace(/\r?\n$/, '')
  if (text) return new Secret(text)
  throw new GhaError(bytes ? `${file} is empty` : `there is no file ${file}`, {
    code: 'SECRET_FILE_MISSING',
    exit: 'usage',
    unchanged: 'Nothing was written.',
    hint: 'Name a file that holds the secret on one line.',
  })
}
