import {crc32, inflateRawSync} from 'node:zlib'
import {refuseClashes, safePath} from './archive-paths.ts'

/** A regular file of an archive. */
export interface ZipFile {
  /** With slashes, below the archive: no `..`, not absolute, no control characters. */
  readonly path: string
  /** Permission bits of UNIX; 0 where the archive tells of none. */
  readonly mode: number
  /** @throws Error where it is damaged */
  readonly content: () => Uint8Array
}

export interface ZipLimits {
  readonly files: number
  /** Of all files, unpacked. */
  readonly bytes: number
}

/**
 * What an archive holds by its central directory; nothing is unpacked before it is read. Whatever could land beside its
 * folder, be no file, or be more than it says, is refused.
 * @throws Error whose message is half a sentence about the archive
 */
export function readZip(bytes: Uint8Array, limits: ZipLimits): readonly ZipFile[] {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries = entriesOf(archive, limits)
  const total = entries.reduce((sum, {size}) => sum + size, 0)
  if (total > limits.bytes) throw new Error(`unpacks to ${total} bytes, more than the ${limits.bytes} that gha takes`)
  const files = entries.filter(({path}) => !path.endsWith('/'))
  refuseClashes(files.map(({path}) => path))
  return files.map(entry => ({path: entry.path, mode: entry.mode, content: () => unpacked(archive, entry)}))
}

interface Entry {
  readonly path: string
  readonly mode: number
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  readonly offset: number
}

const END = 0x06054b50
const END_BYTES = 22
const CENTRAL = 0x02014b50
const CENTRAL_BYTES = 46
const LOCAL = 0x04034b50
const LOCAL_BYTES = 30
const STORED = 0
const DEFLATED = 8
const UNIX = 3

function entriesOf(archive: Buffer, limits: ZipLimits): readonly Entry[] {
  const end = endOf(archive)
  const count = archive.readUInt16LE(end + 10)
  let at = archive.readUInt32LE(end + 16)
  if (count === 0xffff || at === 0xffffffff) throw new Error('is a zip64 archive, which gha does not read')
  if (count > limits.files) throw new Error(`holds ${count} files, more than the ${limits.files} that gha takes`)
  const entries: Entry[] = []
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > end || archive.readUInt32LE(at) !== CENTRAL) throw new Error('has a damaged directory')
    const next =
      at + CENTRAL_BYTES + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32)
    if (next > end) throw new Error('has a damaged directory')
    entries.push(readEntry(archive, at))
    at = next
  }
  return entries
}

/** The end record stands at the very end, before a comment of at most 64 KiB. */
function endOf(archive: Buffer): number {
  const first = Math.max(0, archive.length - END_BYTES - 0xffff)
  for (let at = archive.length - END_BYTES; at >= first; at--) {
    if (archive.readUInt32LE(at) === END && at + END_BYTES + archive.readUInt16LE(at + 20) === archive.length) return at
  }
  throw new Error('is no zip archive, or is not whole')
}

function readEntry(archive: Buffer, at: number): Entry {
  const name = archive.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + archive.readUInt16LE(at + 28))
  const path = safePath(name)
  const [flags, method] = [archive.readUInt16LE(at + 8), archive.readUInt16LE(at + 10)]
  if (flags & 1) throw new Error(`holds an encrypted file: ${path}`)
  if (method !== STORED && method !== DEFLATED) throw new Error(`packs ${path} in a way that gha does not read`)
  const unix = archive.readUInt8(at + 5) === UNIX ? archive.readUInt32LE(at + 38) >>> 16 : 0
  const [packedSize, size] = [archive.readUInt32LE(at + 20), archive.readUInt32LE(at + 24)]
  const offset = archive.readUInt32LE(at + 42)
  if ([packedSize, size, offset].includes(0xffffffff)) throw new Error('is a zip64 archive, which gha does not read')
  if (![0, 0o100000, 0o040000].includes(unix & 0o170000)) throw new Error(`holds a link or a device: ${path}`)
  return {path, mode: unix & 0o777, method, crc: archive.readUInt32LE(at + 16), packedSize, size, offset}
}

function unpacked(archive: Buffer, {path, method, crc, packedSize, size, offset}: Entry): Uint8Array {
  if (offset + LOCAL_BYTES > archive.length || archive.readUInt32LE(offset) !== LOCAL)
    throw new Error(`is damaged at ${path}`)
  const start = offset + LOCAL_BYTES + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28)
  const packed = archive.subarray(start, start + packedSize)
  const content = packed.length === packedSize ? inflated(packed, {method, size}) : undefined
  if (content?.length === size && crc32(content) === crc) return content
  throw new Error(`is damaged at ${path}`)
}

function inflated(packed: Buffer, {method, size}: Pick<Entry, 'method' | 'size'>): Uint8Array | undefined {
  if (method === STORED) return packed
  try {
    return inflateRawSync(packed, {maxOutputLength: Math.max(size, 1)})
  } catch {
    return undefined
  }
}
