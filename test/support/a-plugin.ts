import {crc32, deflateRawSync} from 'node:zlib'

export interface ZippedFile {
  readonly path: string
  readonly content?: string | Uint8Array
  /** UNIX mode with its type; regular and 0644 without it. */
  readonly mode?: number
  /** What the directory says of its size, where that is not so. */
  readonly size?: number
  readonly crc?: number
  readonly flags?: number
  readonly method?: number
  /** Where its sizes stand; `after` as a program writes that does not know them yet, `zip64` in 64 bits. */
  readonly sizes?: 'before' | 'after' | 'zip64'
}

/** An archive as a zip program writes it; whatever a test names is written as it says. */
export function aZip(files: readonly ZippedFile[]): Uint8Array {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  for (const file of files) {
    const offset = lengthOf(locals)
    const name = Buffer.from(file.path)
    const {fields, extra, packed} = described(file)
    const isAfter = file.sizes === 'after'
    const local = isAfter ? Buffer.from(fields).fill(0, 10, 22) : fields
    const after = isAfter ? [Buffer.from('PK\x07\x08', 'latin1'), fields.subarray(10, 22)] : []
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), local, name, extra, packed, ...after)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(((file.mode ?? 0o100644) << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    central.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), fields, rest, name, extra)
  }
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(lengthOf(central), 12)
  end.writeUInt32LE(lengthOf(locals), 16)
  return Buffer.concat([...locals, ...central, end])
}

/** What stands of a file in both of its headers. */
function described(file: ZippedFile) {
  const content = Buffer.from(file.content ?? '')
  const packed = file.method === 0 ? content : deflateRawSync(content)
  const size = file.size ?? content.length
  const extra = file.sizes === 'zip64' ? wide(size, packed.length) : Buffer.alloc(0)
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE((file.flags ?? 0) | (file.sizes === 'after' ? 8 : 0), 2)
  fields.writeUInt16LE(file.method ?? 8, 4)
  fields.writeUInt32LE(file.crc ?? crc32(content), 10)
  fields.writeUInt32LE(extra.length > 0 ? 0xffffffff : packed.length, 14)
  fields.writeUInt32LE(extra.length > 0 ? 0xffffffff : size, 18)
  fields.writeUInt16LE(Buffer.byteLength(file.path), 22)
  fields.writeUInt16LE(extra.length, 24)
  return {fields, extra, packed}
}

function wide(size: number, packedSize: number): Buffer {
  const extra = Buffer.alloc(20)
  extra.writeUInt16LE(1, 0)
  extra.writeUInt16LE(16, 2)
  extra.writeBigUInt64LE(BigInt(size), 4)
  extra.writeBigUInt64LE(BigInt(packedSize), 12)
  return extra
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, {length}) => sum + length, 0)
}

/** The archive of a plugin, with a page and a program for this version. */
export function aPluginZip(id: string, version: string, more: readonly ZippedFile[] = []): Uint8Array {
  return aZip([
    {path: `${id}/`, mode: 0o040755},
    {path: `${id}/plugin.json`, content: JSON.stringify({id, type: 'panel', name: id, info: {version}})},
    {path: `${id}/module.js`, content: `// ${version}\n`},
    {path: `${id}/bin/gpx_clock_linux_amd64`, content: `#!/bin/sh\necho ${version}\n`, mode: 0o100755},
    ...more,
  ])
}
