import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {it as bare, describe, expect} from 'vitest'
import {activateRelease, revertRelease} from '../../../src/lib/host/activate.ts'
import {activationFunctions} from '../../../src/lib/host/activation.ts'
import {armDeadMan, disarmDeadMan} from '../../../src/lib/host/dead-man.ts'
import {readRelease} from '../../../src/lib/host/read-release.ts'
import {stageRelease} from '../../../src/lib/host/stage.ts'
import {sha256} from '../../../src/lib/model/digest.ts'
import {eventually} from '../../support/eventually.ts'
import {ShamNode, UNGUARDED} from '../../support/sham-node.ts'

const it = bare.extend<{readonly node: ShamNode}>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern.
  node: async ({}, use) => {
    const node = new ShamNode()
    await use(node)
    node.remove()
  },
})

const live = (node: ShamNode, id = 'clock') => {
  const json = path.join(node.plugins, id, 'plugin.json')
  return existsSync(json)
    ? (JSON.parse(readFileSync(json, 'utf8')) as {info: {version: string}}).info.version
    : undefined
}

/** A plugin that somebody put there by hand. */
function byHand(node: ShamNode, version: string, id = 'clock') {
  mkdirSync(path.join(node.plugins, id), {recursive: true})
  writeFileSync(path.join(node.plugins, id, 'plugin.json'), JSON.stringify({id, info: {version}}))
}

const asides = (node: ShamNode) =>
  execFileSync('find', [node.folder, '-name', '.gha-plugins'], {encoding: 'utf8'}).split('\n').filter(Boolean)

describe('a plugin of a release', () => {
  it('is staged beside the running Grafana, and verified there', async ({node}) => {
    const {release} = await node.stagePlugin('one', '2.1.2')
    expect(live(node)).toBeUndefined()
    expect(node.asked()).toEqual([])
    const [plugin] = release.plugins ?? []
    expect(readdirSync(path.join(node.state, 'plugins'))).toEqual([plugin?.digest])
    await expect(node.host.run(readRelease(node.state, release.id))).resolves.toMatchObject({plugins: [plugin]})
  })

  it('is swapped in as a real folder that all may read, while Grafana is stopped', async ({node}) => {
    await node.bringUpPlugin('one', '2.1.2')
    const before = node.asked().length
    await node.bringUpPlugin('two', '2.1.3')
    expect(live(node)).toBe('2.1.3')
    expect(node.asked().slice(before)).toEqual(['stop', 'restart'])
    const folder = path.join(node.plugins, 'clock')
    const modes = ['', 'plugin.json', 'bin', 'bin/gpx_clock_linux_amd64'].map(
      name => statSync(path.join(folder, name)).mode & 0o777,
    )
    expect(modes).toEqual([0o755, 0o644, 0o755, 0o755])
    expect(asides(node)).toEqual([])
  })

  it('stays as it is where it is right: Grafana is not stopped for it', async ({node}) => {
    await node.bringUpPlugin('one', '2.1.2')
    const {ino} = statSync(path.join(node.plugins, 'clock'))
    const before = node.asked().length
    await node.bringUpPlugin('two', '2.1.2')
    expect(statSync(path.join(node.plugins, 'clock')).ino).toBe(ino)
    expect(node.asked().slice(before)).toEqual(['restart'])
  })

  it('goes back with its release, and forward, without being sent again', async ({node}) => {
    const {release: one} = await node.bringUpPlugin('one', '2.1.2')
    const {release: two} = await node.bringUpPlugin('two', '2.1.3')
    await node.host.run(revertRelease(node.activation(), one.id))
    expect(live(node)).toBe('2.1.2')
    await node.host.run(stageRelease({...node.activation(), release: two}))
    await node.host.run(activateRelease(node.activation(), {release: two, seen: new Map(), ...UNGUARDED}))
    expect(live(node)).toBe('2.1.3')
  })

  it('leaves with the release that brought it, and comes back with it; others stay', async ({node}) => {
    byHand(node, '1.0.0', 'pie')
    const {release: one} = await node.bringUpPlugin('one', '2.1.2')
    await node.bringUpPlugin('two')
    expect([live(node), live(node, 'pie')]).toEqual([undefined, '1.0.0'])
    await node.host.run(revertRelease(node.activation(), one.id))
    expect([live(node), live(node, 'pie')]).toEqual(['2.1.2', '1.0.0'])
  })

  it('is pruned with the last release that has it', async ({node}) => {
    for (const version of ['2.1.0', '2.1.1', '2.1.2', '2.1.3', '2.1.4']) {
      await node.bringUpPlugin(version, version)
      await node.host.run(disarmDeadMan(node.activation()))
    }
    expect(readdirSync(path.join(node.state, 'plugins'))).toHaveLength(3)
  })

  it('is not taken for whole when a file of it changed on the node: it is forgotten and sent anew', async ({node}) => {
    const {release} = await node.stagePlugin('one', '2.1.2')
    const kept = path.join(node.state, 'plugins', release.plugins?.[0]?.digest ?? '')
    writeFileSync(path.join(kept, 'module.js'), 'other')
    await expect(node.host.run(stageRelease({...node.activation(), release}))).rejects.toThrow(
      'plugin clock is not whole on this node',
    )
    expect(existsSync(kept)).toBe(false)
    await node.bringUpPlugin('one', '2.1.2')
    expect(live(node)).toBe('2.1.2')
  })

  it('that was changed after the plan stops the swap before it begins', async ({node}) => {
    const {release: one} = await node.bringUpPlugin('one', '2.1.2')
    const {release} = await node.stagePlugin('two', '2.1.3')
    const folder = path.join(node.plugins, 'clock')
    writeFileSync(path.join(folder, 'module.js'), 'by hand')
    const asked = node.asked()
    const seen = new Map([[folder, one.plugins?.[0]?.digest]])
    await expect(
      node.host.run(activateRelease(node.activation(), {release, seen, ...UNGUARDED})),
    ).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      message: expect.stringContaining(`${folder} was changed since the plan was made`),
    })
    expect(node.asked()).toEqual(asked)
    expect(live(node)).toBe('2.1.2')
  })
})

describe('a plugin that lay there before gha named it', () => {
  it('comes back on a node that gha never wrote', async ({node}) => {
    await node.bringUpPlugin('old')
    rmSync(node.state, {recursive: true})
    byHand(node, '2.0.0')
    const {staged} = await node.bringUpPlugin('one', '2.1.2')
    expect([staged.previous, live(node)]).toEqual(['found', '2.1.2'])
    await node.host.run(revertRelease(node.activation(), 'found'))
    expect(live(node)).toBe('2.0.0')
  })

  it('comes back with the last release that did not name it, and is told as found', async ({node}) => {
    const {release: one} = await node.bringUpPlugin('one')
    byHand(node, '2.0.0')
    await node.stagePlugin('two', '2.1.2')
    byHand(node, '2.0.1')
    await node.bringUpPlugin('two', '2.1.2')
    await node.host.run(revertRelease(node.activation(), one.id))
    expect(live(node)).toBe('2.0.1')
    const {plugins} = await node.host.run(readRelease(node.state, one.id))
    expect(plugins).toMatchObject([{id: 'clock', version: '-', origin: 'node'}])
    await node.bringUpPlugin('three')
    expect(live(node)).toBe('2.0.1')
  })

  it('is kept whole through a link in its place', async ({node}) => {
    await node.bringUpPlugin('one')
    byHand(node, '2.0.0', 'elsewhere')
    symlinkSync(path.join(node.plugins, 'elsewhere'), path.join(node.plugins, 'clock'))
    await node.bringUpPlugin('two', '2.1.2')
    expect([live(node), live(node, 'elsewhere')]).toEqual(['2.1.2', '2.0.0'])
    await node.host.run(revertRelease(node.activation(), '12.1.0-one'))
    expect(live(node)).toBe('2.0.0')
  })

  it('stays where the only release of its node is brought in again, and gone back from', async ({node}) => {
    await node.bringUpPlugin('one', '2.1.2')
    writeFileSync(node.ini, 'edited by hand')
    const {release, staged} = await node.stagePlugin('one', '2.1.2')
    expect(staged).toEqual({previous: 'found', wayBack: true})
    const seen = new Map([[node.ini, sha256('edited by hand')]])
    await node.host.run(activateRelease(node.activation(), {release, seen, ...UNGUARDED}))
    await node.host.run(revertRelease(node.activation(), 'found'))
    expect([live(node), readFileSync(node.ini, 'utf8')]).toEqual(['2.1.2', 'edited by hand'])
  })

  it('is not taken for found where its release is staged again', async ({node}) => {
    const {release: one} = await node.bringUpPlugin('one')
    await node.bringUpPlugin('two', '2.1.2')
    await node.stagePlugin('two', '2.1.2')
    await node.host.run(revertRelease(node.activation(), one.id))
    expect(live(node)).toBeUndefined()
  })

  it('is not taken for found where a cut swap put it there', async ({node}) => {
    const {release: one} = await node.bringUpPlugin('one')
    await node.stagePlugin('two', '2.1.2')
    await cutSwap(node, '12.1.0-two', 'service_stop')
    expect(live(node)).toBeUndefined()
    await cutSwap(node, '12.1.0-two', 'remove_leftovers')
    expect(live(node)).toBe('2.1.2')
    await node.stagePlugin('two', '2.1.2')
    await node.host.run(revertRelease(node.activation(), one.id))
    expect(live(node)).toBeUndefined()
  })
})

/** Runs a swap and kills its shell where it calls that function. */
async function cutSwap(node: ShamNode, release: string, at: string) {
  const {install, service} = node.activation()
  const text = `state=${node.state}; wished_version=; ${activationFunctions(install, service)}\n${at}() { kill -9 $$; }\nactivate ${release}`
  expect(() => execFileSync('/bin/sh', ['-c', text], {stdio: 'ignore'})).toThrow()
}

const PARTS = [
  'ready_plugins',
  'ready_plugin',
  'cp',
  'sync',
  'swap_files',
  'service_stop',
  'swap_plugins',
  'mv',
  'relabel',
  'remove_leftovers',
  'service_restart',
  'clear_aside',
]

describe('a swap that is cut', () => {
  it.each(PARTS.map(part => [part] as const))('at %s goes back whole, and forward whole', async part => {
    const node = new ShamNode()
    try {
      const {release: one} = await node.bringUpPlugin('one', '2.1.2')
      await node.bringUpPlugin('one', '2.1.2')
      await node.stagePlugin('two', '2.1.3')
      await cutSwap(node, '12.1.0-two', part)
      await node.host.run(revertRelease(node.activation(), one.id))
      expect([live(node), asides(node)]).toEqual(['2.1.2', []])
      await cutSwap(node, '12.1.0-two', part)
      await node.bringUpPlugin('two', '2.1.3')
      expect([live(node), asides(node), existsSync(path.join(node.state, 'swapping'))]).toEqual(['2.1.3', [], false])
    } finally {
      node.remove()
    }
  })

  it('and brought something new leaves nothing of it on the way back', async ({node}) => {
    const {release: one} = await node.bringUpPlugin('one')
    await node.stagePlugin('two', '2.1.2')
    await cutSwap(node, '12.1.0-two', 'service_restart')
    expect(live(node)).toBe('2.1.2')
    await node.host.run(revertRelease(node.activation(), one.id))
    expect(live(node)).toBeUndefined()
  })

  it('is mended by the dead man', async ({node}) => {
    const {release: one} = await node.bringUpPlugin('one', '2.1.2')
    await node.stagePlugin('two', '2.1.3')
    await node.host.run(armDeadMan(node.activation(), {previous: one.id, seconds: 2}))
    await cutSwap(node, '12.1.0-two', 'service_restart')
    expect(live(node)).toBe('2.1.3')
    await eventually('the dead man acts', 30_000, () => !existsSync(path.join(node.state, 'armed')))
    expect(live(node)).toBe('2.1.2')
  })
})

describe('a plugin folder on another file system', () => {
  it('is filled there, and nothing lies beside it when Grafana reads it', async ({node}) => {
    const other = '/dev/shm'
    if (!existsSync(other) || statSync(other).dev === statSync(node.folder).dev) return
    const place = path.join(other, path.basename(node.folder))
    mkdirSync(place)
    try {
      mkdirSync(path.dirname(node.plugins), {recursive: true})
      symlinkSync(place, node.plugins)
      await node.bringUpPlugin('one', '2.1.2')
      await node.bringUpPlugin('two', '2.1.3')
      expect(live(node)).toBe('2.1.3')
      expect(readdirSync(place)).toEqual(['clock'])
      await node.stagePlugin('three', '2.1.4')
      await cutSwap(node, '12.1.0-three', 'swap_plugins')
      await cutSwap(node, '12.1.0-three', 'service_restart')
      expect([live(node), readdirSync(place)]).toEqual(['2.1.4', ['clock']])
      await node.stagePlugin('four')
      await cutSwap(node, '12.1.0-three', 'swap_plugins')
      await cutSwap(node, '12.1.0-four', 'service_restart')
      expect(readdirSync(place)).toEqual([])
    } finally {
      rmSync(place, {recursive: true})
    }
  })
})
