import {execFileSync} from 'node:child_process'
import {chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {sha256} from '../../../src/lib/model/digest.ts'
import {packTar} from '../../../src/lib/model/tar.ts'
import {TREE_DIGEST, treeDigest} from '../../../src/lib/model/tree.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-tree-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const FILES = [
  {path: 'plugin.json', content: '{}', mode: 0o644},
  {path: 'bin/run_linux_amd64', content: 'x'.repeat(1000), mode: 0o755},
  {path: 'img/ünï 👍 (1).svg', content: '', mode: 0o644},
  {path: `deep/${'long-name/'.repeat(20)}file.js`, content: 'y'.repeat(512), mode: 0o644},
]
const TREE = FILES.map(file => ({path: file.path, sha256: sha256(file.content), executable: file.mode === 0o755}))

function unpack() {
  const tar = packTar(FILES.map(file => ({...file, content: Buffer.from(file.content)})))
  execFileSync('tar', ['-xf', '-', '-C', folder], {input: tar})
}

const asked = (place = folder) =>
  execFileSync('/bin/sh', ['-c', `${TREE_DIGEST}\ntree_digest "$0"`, place], {
    encoding: 'utf8',
    env: {PATH: process.env['PATH'], LC_ALL: 'C.UTF-8'},
  }).trim()

describe('a folder', () => {
  it('comes out of its tar as it was, long and odd names too', () => {
    unpack()
    expect(readdirSync(folder).toSorted()).toEqual(['bin', 'deep', 'img', 'plugin.json'])
    for (const {path: place, content} of FILES) expect(readFileSync(path.join(folder, place), 'utf8')).toBe(content)
    expect(statSync(path.join(folder, 'bin/run_linux_amd64')).mode & 0o777).toBe(0o755)
  })

  it('has one digest, by a shell and by gha', () => {
    unpack()
    expect(asked()).toBe(treeDigest(TREE))
    expect(treeDigest(TREE.toReversed())).toBe(treeDigest(TREE))
  })

  it.each<[string, () => void]>([
    ['content', () => writeFileSync(path.join(folder, 'plugin.json'), '{ }')],
    ['a file more', () => writeFileSync(path.join(folder, 'more'), '')],
    ['a file less', () => rmSync(path.join(folder, 'plugin.json'))],
    ['what may be run', () => chmodSync(path.join(folder, 'plugin.json'), 0o755)],
    ['a link', () => symlinkSync('/etc', path.join(folder, 'etc'))],
  ])('has another one with another %s', (_, change) => {
    unpack()
    change()
    expect(asked()).toMatch(/^[0-9a-f]{64}$/)
    expect(asked()).not.toBe(treeDigest(TREE))
  })

  it('is told from a file and from nothing', () => {
    writeFileSync(path.join(folder, 'file'), 'one')
    expect(asked(path.join(folder, 'file'))).toBe(sha256('one'))
    expect(asked(path.join(folder, 'nothing'))).toBe('absent')
  })
})
