import {type FileHandle, mkdir, open, readdir, readFile, realpath, rename, rm, stat} from 'node:fs/promises'
import path from 'node:path'
import type {Files} from '../ports/local.ts'
import {syncFolder} from './sync-folder.ts'

/** The file system of this machine. */
export function localFiles(): Files {
  return {
    read,
    write,
    rehearse,
    append,
    list,
    exists: async place => (await unlessMissing(stat(place))) !== undefined,
    remove: file => rm(file, {force: true}),
    kind,
    mode,
  }
}

/** Node names the file in every error but those of reading itself. */
async function read(file: string): Promise<Uint8Array | undefined> {
  try {
    return await unlessMissing(refuseDevice(file).then(() => readFile(file)))
  } catch (error) {
    throw Object.assign(error as Error, {path: file})
  }
}

/** What Linux says of a socket that is opened as a file. */
const NO_FILE = 'ENXIO'

/** A device such as /dev/zero has no end. A pipe has: `<(pass show grafana)` is one. */
async function refuseDevice(file: string): Promise<void> {
  const found = await stat(file)
  if (found.isCharacterDevice() || found.isBlockDevice()) throw noFile(file, 'read')
}

function noFile(file: string, syscall: string): Error {
  return Object.assign(new Error(`${file} is no regular file`), {code: NO_FILE, syscall})
}

async function kind(place: string): Promise<'file' | 'folder' | 'other' | undefined> {
  const found = await unlessMissing(stat(place))
  if (!found) return undefined
  if (found.isFile()) return 'file'
  return found.isDirectory() ? 'folder' : 'other'
}

async function mode(file: string): Promise<number | undefined> {
  const found = await unlessMissing(stat(file))
  return found && found.mode & 0o7777
}

async function write(place: string, content: string | Uint8Array, mode: number): Promise<void> {
  await naming(place, async () => {
    const file = await replaceable(place)
    await makeFolder(path.dirname(file), mode)
    const temporary = temporaryFor(file)
    try {
      await writeDurably(temporary, content, mode)
      await rename(temporary, file)
    } catch (error) {
      await rm(temporary, {force: true})
      throw error
    }
    await syncFolder(path.dirname(file))
  })
}

async function rehearse(place: string): Promise<void> {
  await naming(place, async () => {
    const file = await replaceable(place)
    let folder = path.dirname(file)
    while ((await kind(folder)) === undefined) folder = path.dirname(folder)
    const temporary = temporaryFor(path.join(folder, path.basename(file)))
    await writeDurably(temporary, '', 0o600).finally(() => rm(temporary, {force: true}))
  })
}

/** Node names the temporary file, which nobody knows. */
async function naming(place: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    throw Object.assign(error as Error, {path: place})
  }
}

/** A link stays a link: what it points to gets the content. A device would be gone: root may put a file in the place of /dev/null. */
async function replaceable(place: string): Promise<string> {
  const file = (await unlessMissing(realpath(place))) ?? place
  if ((await kind(file)) === 'other') throw noFile(file, 'write')
  return file
}

/** It need not be hard to guess: a file that is there already is not opened. */
function temporaryFor(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${Math.random().toString(36).slice(2)}`)
}

async function writeDurably(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  await using handle = await open(file, 'wx', mode)
  await handle.writeFile(content)
  // Past the umask.
  await handle.chmod(mode)
  await handle.sync()
}

async function append(file: string, line: string): Promise<void> {
  await makeFolder(path.dirname(file), 0o600)
  await using handle = await open(file, 'a+', 0o600)
  await handle.writeFile(`${(await endsWhole(handle)) ? '' : '\n'}${line}\n`)
  await handle.sync()
}

/** A line that a full disk or a power cut left half written takes no other with it. */
async function endsWhole(handle: FileHandle): Promise<boolean> {
  const {size} = await handle.stat()
  if (size === 0) return true
  const {buffer} = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer.toString() === '\n'
}

async function list(directory: string): Promise<readonly string[]> {
  if (!(await unlessMissing(stat(directory)))) return []
  // What vanishes on the way is no empty folder.
  const entries = await readdir(directory, {recursive: true, withFileTypes: true})
  return entries
    .filter(entry => entry.isFile())
    .map(entry => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort()
}

/** Whoever may read the file may enter its new folders. */
async function makeFolder(folder: string, fileMode: number): Promise<void> {
  await mkdir(folder, {recursive: true, mode: 0o700 | fileMode | ((fileMode & 0o444) >> 2)})
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return
    throw error
  }
}
