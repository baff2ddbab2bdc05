import {rmSync} from 'node:fs'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import type {Secret} from '../../model/secret.ts'

/** A socket's whole path holds 107 bytes, with `/.s.PGSQL.5432` at its end. */
const LONGEST_FOLDER = 80

/** A folder that only this user enters, for a socket and, as long as a tool needs it, a file with a password. */
export interface Scratch {
  readonly path: string
  /** 0600; the file's path. */
  put(name: string, content: Secret): Promise<string>
  /** At once: what a tool has read is not kept. */
  drop(name: string): void
}

/** Gone after the work, however it ends, and with the process. */
export async function withScratch<T>(work: (scratch: Scratch) => Promise<T>): Promise<T> {
  const parent = tmpdir().length > LONGEST_FOLDER - '/gha-dump-XXXXXX'.length ? '/tmp' : tmpdir()
  const folder = await mkdtemp(path.join(parent, 'gha-dump-'))
  const remove = () => rmSync(folder, {recursive: true, force: true})
  process.once('exit', remove)
  try {
    return await work({
      path: folder,
      async put(name, content) {
        const file = path.join(folder, name)
        await writeFile(file, content.reveal(), {mode: 0o600, flag: 'wx'})
        return file
      },
      drop: name => rmSync(path.join(folder, name), {force: true}),
    })
  } finally {
    process.off('exit', remove)
    await rm(folder, {recursive: true, force: true})
  }
}
