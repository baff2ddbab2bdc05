import {execFileSync} from 'node:child_process'
import {
  appendFileSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {localFiles} from '../../../src/lib/adapters/files.ts'

const files = localFiles()
let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-files-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

describe('localFiles', () => {
  it('writes whole files with the mode that was asked for, whatever the umask', async () => {
    const file = path.join(folder, 'a')
    await files.write(file, 'one', 0o666)
    await files.write(file, 'two', 0o666)
    expect(new TextDecoder().decode(await files.read(file))).toBe('two')
    expect(await files.mode(file)).toBe(0o666)
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('closes new folders to those the file is closed to', async () => {
    await files.write(path.join(folder, 'secrets', 'key'), 'x', 0o600)
    expect(statSync(path.join(folder, 'secrets')).mode & 0o777).toBe(0o700)
  })

  it('appends each line as one of its own, though the one before was cut', async () => {
    const file = path.join(folder, 'a')
    await files.append(file, 'one')
    appendFileSync(file, 'tw')
    await files.append(file, 'three')
    await files.append(file, 'four')
    expect(readFileSync(file, 'utf8')).toBe('one\ntw\nthree\nfour\n')
  })

  it('reads no device, which may have no end', async () => {
    await expect(files.read('/dev/zero')).rejects.toMatchObject({code: 'ENXIO', path: '/dev/zero'})
  })

  it('puts no file in the place of a pipe or a device', async () => {
    const pipe = path.join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    await expect(files.write(pipe, 'x', 0o644)).rejects.toMatchObject({code: 'ENXIO', path: pipe})
    expect(await files.kind(pipe)).toBe('other')
  })

  it('names what it was to write where it cannot, and not the file on the way there', async () => {
    const file = path.join('/proc', 'gha.json')
    await expect(files.write(file, 'x', 0o644)).rejects.toMatchObject({syscall: 'open', path: file})
  })

  it.each([
    ['a new file', 'a'],
    ['a file in a new folder', 'new/a'],
    ['a file that stands there', 'old'],
  ])('rehearses writing %s, and leaves all as it is', async (_what, name) => {
    writeFileSync(path.join(folder, 'old'), 'old')
    await files.rehearse(path.join(folder, name))
    expect(readdirSync(folder)).toEqual(['old'])
    expect(readFileSync(path.join(folder, 'old'), 'utf8')).toBe('old')
  })

  it.each(['/proc/gha.json', '/proc/new/gha.json', '/dev/null', '/dev/null/gha.json', '/proc/version/gha.json'])(
    'meets in the rehearsal what keeps %s from being written',
    async file => {
      await expect(files.rehearse(file)).rejects.toMatchObject({path: file, syscall: expect.any(String)})
    },
  )

  it('writes through a link', async () => {
    const link = path.join(folder, 'link')
    await files.write(path.join(folder, 'real'), 'old', 0o644)
    symlinkSync('real', link)
    await files.write(link, 'new', 0o644)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(new TextDecoder().decode(await files.read(path.join(folder, 'real')))).toBe('new')
  })

  it('tells a missing file from an unreadable one', async () => {
    expect(await files.read(path.join(folder, 'none'))).toBeUndefined()
    expect(await files.mode(path.join(folder, 'none'))).toBeUndefined()
    expect(await files.exists(path.join(folder, 'none', 'deeper'))).toBe(false)
    await expect(files.read(folder)).rejects.toMatchObject({code: 'EISDIR'})
  })

  it('tells what stands somewhere without opening it', async () => {
    const [pipe, file] = [path.join(folder, 'pipe'), path.join(folder, 'file')]
    execFileSync('mkfifo', [pipe])
    await files.write(file, '', 0o600)
    symlinkSync('file', path.join(folder, 'link'))
    const kinds = [file, path.join(folder, 'link'), folder, pipe, path.join(folder, 'none')].map(files.kind)
    expect(await Promise.all(kinds)).toEqual(['file', 'file', 'folder', 'other', undefined])
  })

  it('lists regular files below a folder in order, none where there is no folder', async () => {
    await files.write(path.join(folder, 'b', 'x'), '', 0o644)
    await files.append(path.join(folder, 'a'), 'line')
    expect(await files.list(folder)).toEqual(['a', 'b/x'])
    expect(await files.list(path.join(folder, 'none'))).toEqual([])
  })
})
