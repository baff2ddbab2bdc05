import {rmSync} from 'node:fs'
import {access, mkdir, open, rename, rm, statfs, writeFile} from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import type {ArchiveDraft, Archives} from '../ports/archives.ts'
import {localFiles} from './files.ts'
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
        await mkdir(draft, {mode: 0o700})
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
      await sync(draft)
      await rename(draft, kept)
      await sync(path.dirname(kept))
      process.off('exit', vanish)
      return kept
    },
    async discard() {
      await rm(draft, {recursive: true, force: true})
      process.off('exit', vanish)
    },
  }
}

/** A backup holds password hashes and sessions: it never goes into a repository by an unthinking `git add`. */
async function ignoredByGit(directory: string): Promise<void> {
  await writeFile(path.join(directory, '.gitignore'), '*\n', {flag: 'wx', mode: 0o600}).catch(error => {
    if (error.code !== 'EEXIST') throw error
  })
}

async function nearest(place: string): Promise<string> {
  const there = await access(place).then(
    () => true,
    () => false,
  )
  return there || path.dirname(place) === place ? place : nearest(path.dirname(place))
}

async function sync(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}
