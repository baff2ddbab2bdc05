import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {readZip} from '../../../src/lib/model/zip.ts'
import {aZip, type ZippedFile} from '../../support/a-plugin.ts'

const LIMITS = {files: 10, bytes: 1000}
const read = (...files: readonly ZippedFile[]) => readZip(aZip(files), LIMITS)
const unpack = async (...files: readonly ZippedFile[]) => contentsOf(aZip(files))
const contentsOf = async (bytes: Uint8Array) =>
  Array.fromAsync(await readZip(bytes, LIMITS), async file => Buffer.from(await file.content()).toString())

const someFiles = fc.uniqueArray(
  fc.record({
    path: fc.stringMatching(/^[a-zü]{1,5}$/),
    content: fc.uint8Array({maxLength: 90}),
    mode: fc.constantFrom(0o100644, 0o100755),
    method: fc.constantFrom(0, 8),
    sizes: fc.constantFrom('before', 'after', 'zip64'),
  }),
  {selector: ({path}) => path, minLength: 1, maxLength: 5},
)

describe('an archive', () => {
  it('tells paths, modes and contents, packed or not, and no folders', async () => {
    const files = [
      {path: 'a/', mode: 0o040755},
      {path: 'a/one', content: 'one'},
      {path: 'a/two ü', content: 'two', mode: 0o100755, method: 0},
      {path: 'a/none'},
    ]
    expect((await read(...files)).map(({path, mode}) => [path, mode])).toEqual([
      ['a/one', 0o644],
      ['a/two ü', 0o755],
      ['a/none', 0o644],
    ])
    expect(await unpack(...files)).toEqual(['one', 'two', ''])
  })

  it.each(['after', 'zip64'] as const)('may have its sizes elsewhere: %s', async sizes => {
    expect(await unpack({path: 'a/one', content: 'one', sizes}, {path: 'a/two', sizes})).toEqual(['one', ''])
  })

  it('gives what was put into it', async () => {
    await fc.assert(
      fc.asyncProperty(someFiles, async files => {
        const found = await Array.fromAsync(await read(...files), async ({path, mode, content}) => [
          path,
          mode | 0o100000,
          new Uint8Array(await content()),
        ])
        expect(found).toEqual(files.map(({path, mode, content}) => [path, mode, content]))
      }),
    )
  })

  it('tells no modes where it was not made by UNIX', async () => {
    const bytes = Buffer.from(aZip([{path: 'a/one', mode: 0o100755}]))
    bytes.writeUInt8(0, bytes.indexOf('PK\x01\x02') + 5)
    expect(await readZip(bytes, LIMITS)).toMatchObject([{path: 'a/one', mode: 0}])
  })

  it('may have a comment at its end', async () => {
    const bytes = Buffer.from(aZip([{path: 'a/one', content: 'one'}]))
    bytes.writeUInt16LE(3, bytes.length - 2)
    expect(await readZip(Buffer.concat([bytes, Buffer.from('hey')]), LIMITS)).toHaveLength(1)
  })
})

describe('an archive that is hostile or damaged is refused', () => {
  it.each<[string, readonly ZippedFile[], string]>([
    ['a way up', [{path: 'a/../../etc/passwd'}], 'would not stay in its folder'],
    ['an absolute path', [{path: '/etc/passwd'}], 'would not stay in its folder'],
    ['a path of Windows', [{path: 'a\\..\\b'}], 'would not stay in its folder'],
    ['a line break', [{path: 'a/b\nc'}], 'would not stay in its folder'],
    ['no name', [{path: ''}], 'would not stay in its folder'],
    ['an empty segment', [{path: 'a//b'}], 'would not stay in its folder'],
    ['a symbolic link', [{path: 'a/link', content: '/etc', mode: 0o120777}], 'holds a link or a device: a/link'],
    ['a device', [{path: 'a/null', mode: 0o020666}], 'holds a link or a device'],
    ['an encrypted file', [{path: 'a/b', flags: 1}], 'holds an encrypted file'],
    ['another way to pack', [{path: 'a/b', method: 12}], 'in a way that gha does not read'],
    ['one path twice', [{path: 'a/b'}, {path: 'a/b'}], 'holds a/b twice'],
    ['a file that is a folder too', [{path: 'a/b'}, {path: 'a/b/c'}], 'as a file and as a folder'],
    ['too many files', Array.from({length: 11}, (_, at) => ({path: `a/${at}`})), 'more than the 10'],
    ['too many bytes', [{path: 'a/b', size: 1001}], 'unpacks to 1001 bytes'],
    ['too many bytes, for all that 32 bits tell', [{path: 'a/b', size: 0xffffffff}], 'unpacks to 4294967295 bytes'],
    ['too many bytes, in 64 bits', [{path: 'a/b', size: 2 ** 40, sizes: 'zip64'}], 'unpacks to 1099511627776 bytes'],
    ['strong encryption', [{path: 'a/b', flags: 0x41}], 'has a directory that gha does not read: strong encryption'],
    [
      'sizes that contradict',
      [{path: 'a/b', content: 'b', method: 0, size: 9}],
      'has a directory that gha does not read',
    ],
  ])('%s', async (_, files, message) => {
    await expect(read(...files)).rejects.toThrow(message)
  })

  it.each<[string, ZippedFile]>([
    ['a sum that is not so', {path: 'a/b', content: 'b', crc: 1}],
    ['more inside than it says', {path: 'a/b', content: 'b'.repeat(900), size: 10}],
    ['less inside than it says', {path: 'a/b', content: 'b', size: 900}],
  ])('%s', async (_, file) => {
    await expect(unpack(file)).rejects.toThrow('is damaged at a/b')
  })

  it('at every cut', async () => {
    const whole = aZip([{path: 'a/one', content: 'one'}])
    for (let length = 0; length < whole.length; length++)
      await expect(readZip(whole.subarray(0, length), LIMITS)).rejects.toThrow('is no zip archive, or is not whole')
  })

  it('with any byte changed: it is refused or holds the same', async () => {
    const whole = Buffer.from(aZip([{path: 'a/one', content: 'one'}]))
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole)
      bytes[at] = 0xff - (bytes[at] ?? 0)
      let contents: string[] = []
      try {
        contents = await contentsOf(bytes)
      } catch (error) {
        expect((error as Error).name).toBe('Error')
      }
      expect(['', 'one']).toContain(contents.join())
    }
  })

  it('with bytes changed, lost or added: it is refused or holds the same', async () => {
    const change = fc.record({at: fc.nat(), instead: fc.uint8Array({maxLength: 4}), lost: fc.constantFrom(0, 0, 0, 1)})
    await fc.assert(
      fc.asyncProperty(someFiles, fc.array(change, {minLength: 1, maxLength: 4}), async (files, changes) => {
        const bytes = changes.reduce(changed, Buffer.from(aZip(files)))
        const before = ['', ...files.map(({content}) => Buffer.from(content).toString())]
        const after = await contentsOf(bytes).catch(({message}: Error) => {
          expect(message).toMatch(/^(is|has|holds|packs|unpacks) /)
          return []
        })
        expect(before).toEqual(expect.arrayContaining(after))
      }),
      {numRuns: 500},
    )
  })
})

interface Change {
  readonly at: number
  readonly instead: Uint8Array
  /** Bytes that nothing stands instead of. */
  readonly lost: number
}

function changed(bytes: Buffer, {at, instead, lost}: Change): Buffer {
  const place = at % bytes.length
  return Buffer.concat([bytes.subarray(0, place), instead, bytes.subarray(place + instead.length + lost)])
}
