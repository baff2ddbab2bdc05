import {putVersion, setVersion, writtenVersion} from '../../config/set-version.ts'
import {messageOf} from '../../errors/message-of.ts'
import type {Ports} from '../../ports/ports.ts'
import type {Lock} from '../../rollout/lock.ts'
import type {ChangeRequest} from './change-request.ts'

type Files = Ports['files']

/** `left`: the file has this run's version still, or what somebody has made of it meanwhile. */
export type VersionNow = 'back' | 'left'

/**
 * gha.yaml is the only wish: its version follows the confirmed plan, and goes back when everything else does; what else was
 * edited meanwhile stays. Without the lock it may follow another run's plan by now, and is left alone. That is said.
 */
export async function writeVersion(
  {cluster: {file, grafana}, writesVersion, progress}: Pick<ChangeRequest, 'cluster' | 'writesVersion' | 'progress'>,
  {files}: {readonly files: Files},
): Promise<(lock: Pick<Lock, 'renew' | 'lost'>) => Promise<VersionNow>> {
  const text = writesVersion ? await readText(file, files) : undefined
  if (text === undefined) return async () => 'back'
  const [before, ours] = [writtenVersion(text), setVersion(text, grafana.version)]
  await writeText(file, ours, files)
  return async lock => {
    await lock.renew()
    const why = lock.lost() ?? (await putBack({file, before, ours}, files).catch(messageOf))
    if (why === undefined) return 'back'
    progress({type: 'note', text: `${file} is not put back to version ${before}: ${why}.`})
    return 'left'
  }
}

interface Written {
  readonly file: string
  /** The version. */
  readonly before: string
  /** The text. */
  readonly ours: string
}

/** Why it was left alone; undefined where it was not. */
async function putBack({file, before, ours}: Written, files: Files): Promise<string | undefined> {
  const text = await readText(file, files)
  if (text === undefined) return 'it is not there any more'
  if (writtenVersion(text) !== writtenVersion(ours)) return 'somebody has changed its version meanwhile'
  await writeText(file, putVersion(text, before), files)
  return undefined
}

async function readText(file: string, files: Files): Promise<string | undefined> {
  const bytes = await files.read(file)
  return bytes && new TextDecoder().decode(bytes)
}

async function writeText(file: string, text: string, files: Files): Promise<void> {
  await files.write(file, text, (await files.mode(file)) ?? 0o600)
}
