/** A regular file. */
export interface TarFile {
  readonly path: string
  readonly mode: number
  readonly content: Uint8Array
}

/** Files one after the other, as every `tar -x` reads them; folders come by themselves. */
export function packTar(files: readonly TarFile[]): Uint8Array {
  return Buffer.concat([...files.flatMap(partsOf), Buffer.alloc(2 * BLOCK)])
}

const BLOCK = 512
const NAME_BYTES = 100

/** A name that is too long for its field goes before, in a file of its own, as GNU tar and busybox do. */
function partsOf({path, mode, content}: TarFile): readonly Uint8Array[] {
  const name = Buffer.from(path)
  const long = Buffer.concat([name, Buffer.alloc(1)])
  const before =
    name.length > NAME_BYTES
      ? [header({name: Buffer.from('././@LongLink'), mode: 0, size: long.length, type: 'L'}), padded(long)]
      : []
  return [
    ...before.flat(),
    header({name: name.subarray(0, NAME_BYTES), mode, size: content.length, type: '0'}),
    padded(content),
  ]
}

interface Header {
  readonly name: Buffer
  readonly mode: number
  readonly size: number
  readonly type: '0' | 'L'
}

function header({name, mode, size, type}: Header): Buffer {
  const block = Buffer.alloc(BLOCK)
  name.copy(block, 0)
  block.write(octal(mode, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(size, 11), 124)
  block.write(octal(0, 11), 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\u000000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)}\0 `, 148)
  return block
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

function padded(content: Uint8Array): Uint8Array {
  const rest = content.length % BLOCK
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(BLOCK - rest)])
}
