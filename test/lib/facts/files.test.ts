import {createHash} from 'node:crypto'
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {files} from '../../../src/lib/facts/files.ts'
import {askHere, recordsOf} from '../../support/observed.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gha files '))
})
afterEach(() => rmSync(folder, {recursive: true}))

async function look(...names: string[]) {
  const observation = await askHere(files, {files: names.map(name => path.join(folder, name))})
  if (!observation.known) throw new Error(observation.reason)
  return (name: string) => observation.value.get(path.join(folder, name))
}

describe('the files fact', () => {
  it('tells content, rights and first line of each file', async () => {
    writeFileSync(path.join(folder, "it's.ini"), '; Managed by gha\n[server]\n', {mode: 0o640})
    const seen = (await look('missing', "it's.ini"))("it's.ini")
    expect(seen).toMatchObject({
      exists: true,
      mode: '640',
      firstLine: '; Managed by gha',
      sha256: createHash('sha256').update('; Managed by gha\n[server]\n').digest('hex'),
    })
  })

  it('tells apart what is missing, what is no file, and what is a link', async () => {
    mkdirSync(path.join(folder, 'folder'))
    writeFileSync(path.join(folder, 'empty'), '')
    symlinkSync('empty', path.join(folder, 'link'))
    symlinkSync('nowhere', path.join(folder, 'dangling'))
    const of = await look('missing', 'folder', 'empty', 'link', 'dangling')
    expect(of('missing')).toEqual({exists: false})
    expect(of('folder')).toMatchObject({exists: true})
    expect(of('folder')).not.toHaveProperty('sha256')
    expect(of('empty')).toMatchObject({firstLine: ''})
    expect(of('link')).toMatchObject({sha256: createHash('sha256').update('').digest('hex')})
    expect(of('dangling')).toEqual({exists: false})
  })

  it('knows nothing when nothing was asked, and says so when the node did not answer', async () => {
    expect(await askHere(files)).toEqual({known: true, value: new Map()})
    expect(files.read(recordsOf({}))).toMatchObject({known: false})
  })

  it('is unknown when a file went away between two programs', () => {
    const records = recordsOf({'files.asked': '1', 'files.regular': '/a', 'files.stat': '', 'files.sums': ''})
    expect(files.read(records)).toMatchObject({known: false})
  })
})
