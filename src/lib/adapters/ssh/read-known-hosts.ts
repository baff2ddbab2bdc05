import {readFile} from 'node:fs/promises'
import {GhaError} from '../../errors/gha-error.ts'
import {type KnownHost, parseKnownHosts} from '../../host/known-hosts.ts'

/** All that the files know. A missing file knows nothing; an unreadable one refuses, because it may hold a revocation. */
export async function readKnownHosts(files: readonly string[]): Promise<readonly KnownHost[]> {
  const texts = await Promise.all(files.map(readOne))
  return texts.flatMap(parseKnownHosts)
}

async function readOne(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw new GhaError(`the known_hosts file ${file} cannot be read`, {
      code: 'HOST_KEY_FILE',
      exit: 'authentication',
      unchanged: 'Nothing was sent to the host.',
      hint: `Make it readable: \`chmod u+r ${file}\`.`,
      cause: error,
    })
  }
}
