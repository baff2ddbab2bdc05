import {rmSync} from 'node:fs'
import {mkdir, readdir, readFile, rename, rm, statfs, writeFile} from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import type {ArchiveDraft, Archives} from '../ports/archives.ts'
import {exists} from './exists.ts'
import {localFiles} from './files.ts'
import {localIdentity} from './identity.ts'
import {syncFolder} from './sync-folder.ts'
import {unwritable} from './unwritable.ts'

/** Folders of this machine. */
export function localArchives(): Archives {
  return {
    async freeBytes(directory) {
      const {bavail, bsize} = await statfs(await nearest(directory))
      return bavail * bsize
    },
    async begin(directory, id) {
      const draft = path.join(directory, `.${id}.part`)
      try {
        await mkdir(directory, {recursive: true, mode: 0o700})
        await ignoredByGit(directory)
        await clearDead(directory)
        await mkdir(draft, {mode: 0o700})
        await writeFile(path.join(draft, OWNER), JSON.stringify(owner()), {mode: 0o600})
      } catch (error) {
        await rm(draft, {recursive: true, force: true}).catch(() => undefined)
        throw unwritable(directory, error)
      }
      return draftAt(draft, path.join(directory, id))
    },
  }
}

function draftAt(draft: string, kept: string): ArchiveDraft {
  const vanish = () => rmSync(draft, {recursive: true, force: true})
  process.once('exit', vanish)
  return {
    path: draft,
    async write(name, text) {
      const file = path.join(draft, name)
      await localFiles()
        .write(file, text, 0o600)
        .catch(error => {
          throw unwritable(file, error)
        })
    },
    async keep() {
      try {
        await syncFolder(draft)
        await rename(draft, kept)
        // Not before: what dies as a draft without an owner is cleared away by nobody.
        await rm(path.join(kept, OWNER), {force: true})
        await syncFolder(kept)
        await syncFolder(path.dirname(kept))
      } catch (error) {
        throw unwritable(kept, error)
      }
      process.off('exit', vanish)
      return kept
    },
    async discard() {
      await rm(draft, {recursive: true, force: true})
      process.off('exit', vanish)
    },
  }
}

/** Whose draft a folder is, as long as it is one. */
const OWNER = '.owner'

function owner() {
  const {hostname, bootId, pid} = localIdentity()
  return {hostname, bootId, pid}
}

/** What a process left that was killed. A folder of another machine, or of nobody known, may be written this moment. */
async function clearDead(directory: string): Promise<void> {
  const drafts = (await readdir(directory)).filter(name => /^\..*\.part$/.test(name))
  for (const name of drafts) {
    const text = await readFile(path.join(directory, name, OWNER), 'utf8').catch(() => '')
    if (isDead(text)) await rm(path.join(directory, name), {recursive: true, force: true})
  }
}

function isDead(text: string): boolean {
  try {
    const left = JSON.parse(text) as Partial<ReturnType<typeof owner>>
    const {hostname, bootId, isAlive} = localIdentity()
    if (left.hostname !== hostname || typeof left.pid !== 'number' || !bootId || !left.bootId) return false
    return left.bootId === bootId ? !isAlive(left.pid) : bootOf(left.bootId) !== bootOf(bootId)
  } catch {
    return false
  }
}

/** Of another table of processes of this very boot nobody here knows who is alive. */
function bootOf(bootId: string): string | undefined {
  return bootId.split('/')[0]
}

/** A backup holds password hashes and sessions: it never goes into a repository by an unthinking `git add`. */
async function ignoredByGit(directory: string): Promise<void> {
  await writeFile(path.join(directory, '.gitignore'), '*\n', {flag: 'wx', mode: 0o600}).catch(error => {
    if (error.code !== 'EEXIST') throw error
  })
}

async function nearest(place: string): Promise<string> {
  return (await exists(place)) || path.dirname(place) === place ? place : nearest(path.dirname(place))
}
