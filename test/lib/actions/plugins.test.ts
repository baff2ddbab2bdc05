import {gunzipSync} from 'node:zlib'
import {describe, expect, it} from 'vitest'
import {pluginLoads} from '../../../src/lib/actions/change/plugin-loads.ts'
import type {Survey} from '../../../src/lib/actions/change/survey.ts'
import {pluginsFor, pluginTreesFor} from '../../../src/lib/actions/plugins-for.ts'
import {readPlugins} from '../../../src/lib/actions/read-plugins.ts'
import {sha256} from '../../../src/lib/model/digest.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {wishOf} from '../../../src/lib/plan/wish.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {aPluginZip, aZip} from '../../support/a-plugin.ts'
import {aNodeObservation} from '../../support/an-observation.ts'
import {MemoryFiles} from '../../support/local-fakes.ts'
import {NO_MATERIAL} from '../../support/no-material.ts'

const cluster = aCluster({
  grafana: {plugins: [{id: 'clock', version: '2.1.3'}], pluginSource: {type: 'push', directory: '/prod/plugins'}},
})
const zip = aPluginZip('clock', '2.1.3')
const seenOn = (machine: string, kept: readonly string[] = []) =>
  aNodeObservation({plugins: known({machine, brought: [], kept: new Set(kept), live: new Map()})})

async function offered(archives: Readonly<Record<string, Uint8Array | string>>, machine = 'x86_64') {
  const files = new MemoryFiles({})
  for (const [name, content] of Object.entries(archives)) await files.write(`/prod/plugins/${name}`, content, 0o644)
  const material = {...NO_MATERIAL, plugins: await readPlugins(cluster, files)}
  return {
    trees: pluginTreesFor(aNode(), seenOn(machine), material),
    wished: () => pluginsFor(aNode(), seenOn(machine), material),
  }
}

describe('the archives of plugins', () => {
  it.each(['clock-2.1.3.zip', 'clock-2.1.3.any.zip', 'clock-2.1.3.linux_amd64.zip'])(
    'are found as the catalogue names them: %s',
    async name => {
      const {wished} = await offered({[name]: zip})
      expect(wished()).toMatchObject([
        {plugin: {id: 'clock', version: '2.1.3', path: '/var/lib/grafana/plugins/clock', origin: 'archive'}},
      ])
      expect(
        wished()[0]
          ?.tree.files.filter(({executable}) => executable)
          .map(({path}) => path),
      ).toEqual(['bin/gpx_clock_linux_amd64'])
    },
  )

  it('are chosen for the machine, and no other plugin or version is taken for it', async () => {
    const arm = aPluginZip('clock', '2.1.3', [{path: 'clock/arm', content: ''}])
    const all = {'clock-2.1.3.linux_amd64.zip': zip, 'clock-2.1.3.linux_arm64.zip': arm}
    const digests = await Promise.all(
      ['x86_64', 'aarch64'].map(async machine => (await offered(all, machine)).trees[0]?.digest),
    )
    expect(new Set(digests).size).toBe(2)
    const others = {'clock-2.1.30.zip': zip, 'clock-2.1.3.darwin_amd64.zip': zip, 'clock-2.1.3.linux_arm64.zip': arm}
    const {wished, trees} = await offered(others)
    expect(wished).toThrow(expect.objectContaining({code: 'ARCHIVE_MISSING', exit: 'preflight', node: 'gf1'}))
    expect(trees[0]?.problem).toBe('there is no clock-2.1.3.zip or clock-2.1.3.linux_amd64.zip')
  })

  it('name programs by their machine where an archive has no permissions', async () => {
    const plain = aZip([
      {path: 'clock/plugin.json', content: '{"id":"clock","info":{"version":"2.1.3"}}', mode: 0},
      {path: 'clock/gpx_clock_linux_amd64', mode: 0},
    ])
    const {wished} = await offered({'clock-2.1.3.zip': plain})
    expect(wished()[0]?.tree.files.map(({executable}) => executable)).toEqual([false, true])
  })

  it.each<[string, Readonly<Record<string, Uint8Array | string>>, string]>([
    [
      'another plugin',
      {'clock-2.1.3.zip': aPluginZip('pie', '2.1.3')},
      'holds pie/plugin.json, which is not in a folder clock',
    ],
    ['another version', {'clock-2.1.3.zip': aPluginZip('clock', '2.1.2')}, 'is clock 2.1.2 by its plugin.json'],
    [
      'a second folder',
      {'clock-2.1.3.zip': aPluginZip('clock', '2.1.3', [{path: 'other/file'}])},
      'holds other/file, which is not in a folder clock',
    ],
    ['no plugin.json', {'clock-2.1.3.zip': aZip([{path: 'clock/module.js'}])}, 'holds no clock/plugin.json'],
    ['no archive', {'clock-2.1.3.zip': 'hello'}, 'is no zip archive, or is not whole'],
    [
      'another sum than beside it',
      {'clock-2.1.3.zip': zip, 'clock-2.1.3.zip.sha256': `${sha256('other')}  clock-2.1.3.zip\n`},
      'does not match its .sha256 file',
    ],
  ])('are refused where one is or holds %s', async (_, archives, words) => {
    const {wished, trees} = await offered(archives)
    expect(wished).toThrow(
      expect.objectContaining({code: 'PLUGIN_UNFIT', exit: 'preflight', message: `clock-2.1.3.zip ${words}`}),
    )
    expect(trees[0]).toMatchObject({problem: `clock-2.1.3.zip ${words}`})
  })

  it('make another release of the same files', async () => {
    const {wished} = await offered({'clock-2.1.3.zip': zip})
    const ids = [[], wished()].map(plugins => wishOf(cluster, [], plugins).release.id)
    expect(ids[0]).not.toBe(ids[1])
    expect(wishOf(cluster, [], wished()).release.id).toBe(ids[1])
  })

  it('are packed once for all nodes, and not for one that has them', async () => {
    const {wished} = await offered({'clock-2.1.3.zip': zip})
    const wish = wishOf(cluster, [], wished())
    const digest = wish.release.plugins?.[0]?.digest ?? ''
    const nodes = [seenOn('x86_64'), {...seenOn('x86_64'), node: 'gf2'}, {...seenOn('x86_64', [digest]), node: 'gf3'}]
    const wishes = new Map(['gf1', 'gf2', 'gf3'].map(name => [name, wish]))
    const load = pluginLoads({wishes, observation: {nodes}} as unknown as Survey)
    const [one, two, three] = await Promise.all(['gf1', 'gf2', 'gf3'].map(load))
    expect(one?.[0]).toBe(two?.[0])
    expect(three).toEqual([])
    expect(gunzipSync(one?.[0]?.bytes ?? '').toString('latin1')).toContain('plugin.json')
  })
})
