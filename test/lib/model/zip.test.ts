import {describe, expect, it} from 'vitest'
import {readZip} from '../../../src/lib/model/zip.ts'
import {aZip, type ZippedFile} from '../../support/a-plugin.ts'

const LIMITS = {files: 10, bytes: 1000}
const read = (...files: readonly ZippedFile[]) => readZip(aZip(files), LIMITS)
const unpack = (...files: readonly ZippedFile[]) => read(...files).map(file => Buffer.from(file.content()).toString())

describe('an archive', () => {
  it('tells paths, modes and contents, packed or not, and no folders', () => {
    const files = [
      {path: 'a/', mode: 0o040755},
      {path: 'a/one', content: 'one'},
      {path: 'a/two ü', content: 'two', mode: 0o100755, method: 0},
      {path: 'a/none'},
    ]
    expect(read(...files).map(({path, mode}) => [path, mode])).toEqual([
      ['a/one', 0o644],
      ['a/two ü', 0o755],
      ['a/none', 0o644],
    ])
    expect(unpack(...files)).toEqual(['one', 'two', ''])
  })

  it('may have a comment at its end', () => {
    const bytes = Buffer.from(aZip([{path: 'a/one', content: 'one'}]))
    bytes.writeUInt16LE(3, bytes.length - 2)
    expect(readZip(Buffer.concat([bytes, Buffer.from('hey')]), LIMITS)).toHaveLength(1)
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
    ['a size beyond 32 bits', [{path: 'a/b', size: 0xffffffff}], 'zip64'],
  ])('%s', (_, files, message) => {
    expect(() => read(...files)).toThrow(message)
  })

  it.each<[string, ZippedFile]>([
    ['a sum that is not so', {path: 'a/b', content: 'b', crc: 1}],
    ['more inside than it says', {path: 'a/b', content: 'b'.repeat(900), size: 10}],
    ['less inside than it says', {path: 'a/b', content: 'b', size: 900}],
  ])('%s', (_, file) => {
    expect(() => unpack(file)).toThrow('is damaged at a/b')
  })

  it('at every cut', () => {
    const whole = aZip([{path: 'a/one', content: 'one'}])
    for (let length = 0; length < whole.length; length++)
      expect(() => readZip(whole.subarray(0, length), LIMITS)).toThrow('is no zip archive, or is not whole')
  })

  it('with any byte changed: it is refused or holds the same', () => {
    const whole = Buffer.from(aZip([{path: 'a/one', content: 'one'}]))
    for (let at = 0; at < whole.length; at++) {
      const bytes = Buffer.from(whole)
      bytes[at] = 0xff - (bytes[at] ?? 0)
      let contents: string[] = []
      try {
        contents = readZip(bytes, LIMITS).map(file => Buffer.from(file.content()).toString())
      } catch (error) {
        expect((error as Error).name).toBe('Error')
      }
      expect(['', 'one']).toContain(contents.join())
    }
  })
})
