import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {plugins} from '../../../src/lib/facts/plugins.ts'
import {sha256} from '../../../src/lib/model/digest.ts'
import {treeDigest} from '../../../src/lib/model/tree.ts'
import {aNode} from '../../support/a-cluster.ts'
import {askHere} from '../../support/observed.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-plugins-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

function write(place: string, content: string) {
  mkdirSync(path.dirname(path.join(folder, place)), {recursive: true})
  writeFileSync(path.join(folder, place), content)
}

const look = (ids?: readonly string[]) => {
  const paths = {...aNode().paths, plugins: `${folder}/plugins`, state: `${folder}/state`}
  return askHere(plugins, {node: aNode({paths}), ...(ids ? {plugins: ids} : {})})
}

describe('the plugins of a node', () => {
  it('are told by version and digest, those of gha.yaml and those that its release brought', async () => {
    const json = '{"id": "clock", "dependencies": {"plugins": [{"version": "9.9.9"}]}, "info": {"version": "2.1.2"}}'
    write('plugins/clock/plugin.json', json)
    write('plugins/pie/dist/plugin.json', '{"info": {"version": "1.0.0"}}')
    write('plugins/table/plugin.json', '{"info": {"version": "3.0.0"}}')
    write('state/release', 'one')
    const brought = ['pie', 'clock'].map(id => `plugin\t${id}\t1.0.0\tabc\t${folder}/plugins/${id}\n`)
    write('state/releases/one/manifest', `version\t12.1.0\n${brought.join('')}`)
    write('state/plugins/abc/plugin.json', '{}')
    const seen = await look(['clock', 'absent'])
    if (!seen.known) throw new Error(seen.reason)
    expect(seen.value.machine).toMatch(/\w/)
    expect([...seen.value.kept]).toEqual(['abc'])
    expect(seen.value.brought.map(({id, origin}) => [id, origin])).toEqual([
      ['pie', 'archive'],
      ['clock', 'archive'],
    ])
    const digest = treeDigest([{path: 'plugin.json', sha256: sha256(json), executable: false}])
    expect([...seen.value.live]).toEqual([
      [`${folder}/plugins/clock`, {digest, version: '2.1.2'}],
      [`${folder}/plugins/absent`, {}],
      [`${folder}/plugins/pie`, {digest: expect.stringMatching(/^[0-9a-f]{64}$/), version: '1.0.0'}],
    ])
  })

  it('are read through only where somebody asks', async () => {
    expect(await look()).toEqual({known: false, reason: 'not asked'})
  })
})
