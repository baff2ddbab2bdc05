import {createHash} from 'node:crypto'
import {mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {files} from '../../../src/lib/facts/files.ts'
import {nodeScript} from '../../../src/lib/facts/node-script.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {LocalHost} from '../../support/local-host.ts'
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

  it('looks at what gha has brought too, and at each once', async () => {
    const at = (name: string) => path.join(folder, name)
    writeFileSync(at('ini'), '')
    writeFileSync(at('old.json'), '{}')
    mkdirSync(at('releases/one'), {recursive: true})
    const lines = ['ini', 'old.json', 'gone'].map(name => `file\t0\tpublic\tsum\t${at(name)}\n`)
    writeFileSync(at('releases/one/manifest'), `version\t12.1.0\n${lines.join('')}`)
    writeFileSync(at('release'), 'one')
    const node = aNode({paths: {...aNode().paths, state: folder}})
    const seen = await askHere(files, {node, files: [at('ini'), at('new')]})
    expect(seen).toMatchObject({known: true})
    if (!seen.known) return
    expect(Object.fromEntries(seen.value)).toEqual({
      [at('ini')]: expect.objectContaining({exists: true}),
      [at('old.json')]: expect.objectContaining({sha256: createHash('sha256').update('{}').digest('hex')}),
      [at('new')]: {exists: false},
      [at('gone')]: {exists: false},
    })
    const host = new LocalHost('local')
    const script = nodeScript([files], {cluster: aCluster(), node, files: [at('ini'), at('new')]})
    expect((await host.run(script)).records.get('files.regular')).toEqual([at('ini'), at('old.json')])
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
