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
}

/** An archive as a zip program writes it; whatever a test names is written as it says. */
export function aZip(files: readonly ZippedFile[]): Uint8Array {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const name = Buffer.from(file.path)
    const content = Buffer.from(file.content ?? '')
    const packed = file.method === 0 ? content : deflateRawSync(content)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(file.flags ?? 0, 2)
    fields.writeUInt16LE(file.method ?? 8, 4)
    fields.writeUInt32LE(file.crc ?? crc32(content), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(file.size ?? content.length, 18)
    fields.writeUInt16LE(name.length, 22)
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), fields, name, packed)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(((file.mode ?? 0o100644) << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    central.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), fields, rest, name)
    offset += 30 + name.length + packed.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
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
