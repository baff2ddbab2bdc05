import {crc32} from 'node:zlib'
import type {ZipFile as Archive, Entry} from 'yauzl'
import {refuseClashes, safePath} from './archive-paths.ts'

/** A regular file of an archive. */
export interface ZipFile {
  /** With slashes, below the archive: no `..`, not absolute, no control characters. */
  readonly path: string
  /** Permission bits of UNIX; 0 where the archive tells of none. */
  readonly mode: number
  /** Rejects with an Error where it is damaged. */
  readonly content: () => Promise<Uint8Array>
}

export interface ZipLimits {
  readonly files: number
  /** Of all files, unpacked. */
  readonly bytes: number
}

/**
 * What an archive holds by its central directory; nothing is unpacked before it is read. Whatever could land beside its
 * folder, be no file, or be more than it says, is refused. Why yauzl, and what it leaves to us: docs/decisions/0014.
 * @throws Error whose message is half a sentence about the archive
 */
export async function readZip(bytes: Uint8Array, limits: ZipLimits): Promise<readonly ZipFile[]> {
  const archive = await opened(bytes)
  const count = archive.entryCount
  if (count > limits.files) throw new Error(`holds ${count} files, more than the ${limits.files} that gha takes`)
  const entries = await entriesOf(archive)
  const total = entries.reduce((sum, {uncompressedSize}) => sum + uncompressedSize, 0)
  if (total > limits.bytes) throw new Error(`unpacks to ${total} bytes, more than the ${limits.bytes} that gha takes`)
  const files = entries.map(entry => fileOf(archive, entry)).filter(({path}) => !path.endsWith('/'))
  refuseClashes(files.map(({path}) => path))
  return files
}

async function opened(bytes: Uint8Array): Promise<Archive> {
  const {fromBufferPromise} = await import('yauzl')
  try {
    // Names stay bytes: many a program writes UTF-8 without saying so, and no error of yauzl repeats a name as it is.
    return await fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
      decodeStrings: false,
    })
  } catch (cause) {
    throw new Error('is no zip archive, or is not whole', {cause})
  }
}

async function entriesOf(archive: Archive): Promise<readonly Entry[]> {
  try {
    return await Array.fromAsync(archive.eachEntry())
  } catch (cause) {
    throw new Error(`has a directory that gha does not read: ${(cause as Error).message}`, {cause})
  }
}

const UNIX = 3

function fileOf(archive: Archive, entry: Entry): ZipFile {
  const path = safePath(entry.fileNameRaw)
  if (entry.isEncrypted()) throw new Error(`holds an encrypted file: ${path}`)
  if (!entry.canDecodeFileData()) throw new Error(`packs ${path} in a way that gha does not read`)
  const mode = entry.versionMadeBy >>> 8 === UNIX ? entry.externalFileAttributes >>> 16 : 0
  if (![0, 0o100000, 0o040000].includes(mode & 0o170000)) throw new Error(`holds a link or a device: ${path}`)
  return {path, mode: mode & 0o777, content: () => unpacked(archive, entry, path)}
}

/** yauzl ends at the size that the directory tells; it does not look at the sum. */
async function unpacked(archive: Archive, entry: Entry, path: string): Promise<Uint8Array> {
  try {
    const content = Buffer.concat(await Array.fromAsync(await archive.openReadStreamPromise(entry)))
    if (crc32(content) === entry.crc32) return content
  } catch (cause) {
    throw new Error(`is damaged at ${path}`, {cause})
  }
  throw new Error(`is damaged at ${path}`)
}
