import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {activateRelease, revertRelease} from '../../../src/lib/host/activate.ts'
import {activationFunctions} from '../../../src/lib/host/activation.ts'
import {readRelease} from '../../../src/lib/host/read-release.ts'
import {stageRelease} from '../../../src/lib/host/stage.ts'
import {sha256} from '../../../src/lib/model/digest.ts'
import type {Wish} from '../../../src/lib/plan/wish.ts'
import {LocalHost} from '../../support/local-host.ts'
import {ShamNode, UNGUARDED} from '../../support/sham-node.ts'

let node: ShamNode
beforeEach(() => {
  node = new ShamNode()
})
afterEach(() => node.remove())

/** The shell of a swap is killed where it calls that function. */
async function cutSwap(wish: Wish, at: string) {
  await node.stageWish(wish)
  const {install, service} = node.activation()
  const functions = `state=${node.state}; ${activationFunctions(install, service)}\n${at}() { kill -9 $$; }`
  const swap = `${functions}\nactivate ${wish.release.id}`
  expect(() => execFileSync('/bin/sh', ['-c', swap], {stdio: 'ignore'})).toThrow()
}

describe('staging and activating a release', () => {
  it('touches nothing that runs while it stages', async () => {
    await node.stage('12.1.0', 'one')
    expect(existsSync(node.ini)).toBe(false)
    expect(node.asked()).toEqual([])
  })

  it('installs, writes and starts in one script', async () => {
    await node.bringUp('12.1.0', 'one')
    expect(readFileSync(node.ini, 'utf8')).toContain('one')
    expect(readFileSync(path.join(node.home, 'VERSION'), 'utf8')).toBe('12.1.0')
    expect(node.asked()).toEqual(['stop', 'restart'])
    expect(statSync(node.ini).mode & 0o777).toBe(0o640)
  })

  it('tells which release it can go back to', async () => {
    const {release: first} = await node.bringUp('12.1.0', 'one')
    const {staged} = await node.stage('12.1.1', 'two')
    expect(staged).toEqual({previous: first.id, wayBack: true})
  })

  it('has more time for more that is sent, and copies it for no node', async () => {
    const {release} = await node.stage('12.1.0', 'one')
    const bytes = new Uint8Array(50_000_000)
    const one = stageRelease({...node.activation(), release, archives: [{version: '12.1.0', bytes}]})
    const none = stageRelease({...node.activation(), release})
    expect(one.deadlineSeconds - none.deadlineSeconds).toBe(100)
    expect((one.input as readonly Uint8Array[]).at(-1)).toBe(bytes)
  })

  it('stages a release that lies there already without sending it again, and only whole', async () => {
    const {release: first} = await node.bringUp('12.1.0', 'one')
    const {release: second} = await node.bringUp('12.1.1', 'two', first.files[0]?.sha256)
    const again = () => node.host.run(stageRelease({...node.activation(), release: first}))
    expect(await again()).toEqual({previous: second.id, wayBack: true})
    const seen = new Map([[node.ini, second.files[0]?.sha256]])
    await node.host.run(activateRelease(node.activation(), {release: first, seen, ...UNGUARDED}))
    expect(readFileSync(node.ini, 'utf8')).toContain('one')
    writeFileSync(path.join(node.state, 'releases', first.id, 'files', '0'), 'half')
    await expect(again()).rejects.toThrow(`of release ${first.id} is damaged`)
    rmSync(path.join(node.state, 'releases', first.id), {recursive: true})
    await expect(again()).rejects.toThrow(`release ${first.id} is not on this node any more`)
  })

  it('goes back to package and files of the release before', async () => {
    const {release: first} = await node.bringUp('12.1.0', 'one')
    const sum = first.files[0]?.sha256
    await node.bringUp('12.1.1', 'two', sum)
    await node.host.run(revertRelease(node.activation(), first.id))
    expect(readFileSync(node.ini, 'utf8')).toContain('one')
    expect(readFileSync(path.join(node.home, 'VERSION'), 'utf8')).toBe('12.1.0')
    await expect(node.host.run(readRelease(node.state, first.id))).resolves.toMatchObject({
      id: first.id,
      files: first.files,
    })
  })

  it('leaves inode and times of a file alone that is right already', async () => {
    const {release} = await node.bringUp('12.1.0', 'one')
    const before = statSync(node.ini)
    await setTimeout(20)
    await node.bringUp('12.1.0', 'one', release.files[0]?.sha256)
    const after = statSync(node.ini)
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs])
  })

  it('refuses a file that was edited after the plan, and leaves it', async () => {
    const {release: first} = await node.bringUp('12.1.0', 'one')
    writeFileSync(node.ini, 'edited by hand')
    await expect(node.bringUp('12.1.1', 'two', first.files[0]?.sha256)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      message: expect.stringContaining('was changed since the plan'),
    })
    expect(readFileSync(node.ini, 'utf8')).toBe('edited by hand')
  })

  it('keeps live files that gha did not write, and puts them back', async () => {
    await node.bringUp('12.0.0', 'old')
    rmSync(node.state, {recursive: true})
    writeFileSync(node.ini, 'from before gha')
    const {staged} = await node.bringUp('12.1.0', 'one', sha256('from before gha'))
    expect(staged).toEqual({previous: 'found', wayBack: true})
    await node.host.run(revertRelease(node.activation(), 'found'))
    expect(readFileSync(node.ini, 'utf8')).toBe('from before gha')
    expect(readFileSync(path.join(node.home, 'VERSION'), 'utf8')).toBe('12.0.0')
  })
})

describe('a release that is brought in again', () => {
  const again = async () => {
    await node.bringUp('12.0.0', 'old')
    await node.bringUp('12.1.0', 'one', node.release('12.0.0', 'old').release.files[0]?.sha256)
  }

  it('has as its way back what was there, and not the release before', async () => {
    await again()
    expect((await node.stage('12.1.0', 'one')).staged).toEqual({previous: 'found', wayBack: true})
    await node.host.run(revertRelease(node.activation(), 'found'))
    expect(readFileSync(path.join(node.home, 'VERSION'), 'utf8')).toBe('12.1.0')
  })

  it('leaves what was there before gha as it is, for an undo', async () => {
    await node.bringUp('12.0.0', 'old')
    rmSync(node.state, {recursive: true})
    writeFileSync(node.ini, 'from before gha')
    await node.bringUp('12.1.0', 'one', sha256('from before gha'))
    expect((await node.stage('12.1.0', 'one')).staged).toEqual({previous: 'found', wayBack: true})
    expect(readFileSync(path.join(node.state, 'releases', 'found', 'files', '0'), 'utf8')).toBe('from before gha')
  })

  it('has the one before as its way back while no run has brought the node back on it', async () => {
    await again()
    writeFileSync(path.join(node.state, 'out'), 'r1')
    expect((await node.stage('12.1.0', 'one')).staged).toEqual({previous: '12.0.0-old', wayBack: true})
  })
})

describe('the way back over a migration that had the database alone', () => {
  it('is named as such, however long the migration is done', async () => {
    await node.bringUp('12.3.0', 'old')
    const sum = node.release('12.3.0', 'old').release.files[0]?.sha256
    const {staged} = await node.bringUp('12.4.0', 'one', sum)
    expect(staged).toEqual({previous: '12.3.0-old', wayBack: true, overMigration: true})
    writeFileSync(path.join(node.state, 'out'), 'r1')
    expect((await node.stage('12.4.0', 'one')).staged).toEqual(staged)
    expect((await node.stage('12.4.1', 'two')).staged).toEqual({previous: '12.4.0-one', wayBack: true})
  })
})

describe('the only release of a node', () => {
  it('is brought in again over what somebody has edited, with that as its way back', async () => {
    const {release} = await node.bringUp('12.1.0', 'one')
    writeFileSync(node.ini, 'edited by hand')
    const {staged} = await node.bringUp('12.1.0', 'one', sha256('edited by hand'))
    expect(staged).toEqual({previous: 'found', wayBack: true})
    expect(readFileSync(node.ini, 'utf8')).toContain('one')
    await node.host.run(revertRelease(node.activation(), 'found'))
    expect(readFileSync(node.ini, 'utf8')).toBe('edited by hand')
    expect(readFileSync(path.join(node.home, 'VERSION'), 'utf8')).toBe('12.1.0')
    await node.bringUp('12.1.0', 'one', sha256('edited by hand'))
    await expect(node.host.run(readRelease(node.state, release.id))).resolves.toMatchObject({files: release.files})
  })

  it('has no way back while it was never whole: what lies there is its own', async () => {
    const {release} = await node.stage('12.1.0', 'one')
    await node.host.run(activateRelease(node.activation(), {release, seen: new Map(), ...UNGUARDED}))
    writeFileSync(path.join(node.state, 'swapping'), release.id)
    rmSync(path.join(node.state, 'release'))
    expect((await node.stage('12.1.0', 'one')).staged).toEqual({previous: undefined, wayBack: false})
  })
})

describe('an archive', () => {
  const staged = (bytes: Uint8Array) =>
    node.host.run(
      stageRelease({...node.activation(), ...node.release('12.1.0', 'one'), archives: [{version: '12.1.0', bytes}]}),
    )

  it('that names files and not their folders is unpacked for everybody to enter', async () => {
    const top = path.join(node.folder, 'pack', 'grafana-12.1.0', 'bin')
    mkdirSync(top, {recursive: true})
    writeFileSync(path.join(top, 'grafana'), '')
    await staged(execFileSync('tar', ['-cz', '-C', path.join(node.folder, 'pack'), 'grafana-12.1.0/bin/grafana']))
    expect(statSync(`${node.home}.releases/12.1.0/bin`).mode & 0o777).toBe(0o755)
  })

  it('that is none is refused with what the tool says of it', async () => {
    await expect(staged(Buffer.from('<html>not found</html>'))).rejects.toThrow(
      /^stage failed: cannot fetch Grafana 12\.1\.0: .*not in gzip format/,
    )
  })
})

describe('a file that the next release does not have', () => {
  const live = () =>
    ['a.json', 'b.json', 'c.json'].map(name => {
      const place = path.join(node.folder, name)
      return existsSync(place) ? readFileSync(place, 'utf8') : undefined
    })

  /** A node that has a and b, and the way to the next release, which has b and c. */
  async function between() {
    await node.carryOut(await node.situation(node.wish('one', {'a.json': 'a', 'b.json': 'b'})))
    return node.wish('two', {'b.json': 'B', 'c.json': 'c'})
  }

  it('goes as it was planned, and comes back; each time nothing is left to do', async () => {
    const two = await between()
    const there = await node.situation(two)
    expect(there.reasons).toEqual(
      ['b.json', 'c.json', 'a.json'].map((name, n) => {
        return `${['update', 'create', 'remove'][n]} ${path.join(node.folder, name)}`
      }),
    )
    await node.carryOut(there)
    expect(live()).toEqual([undefined, 'B', 'c'])
    expect((await node.situation(two)).reasons).toEqual([])
    const one = node.wish('one', {'a.json': 'a', 'b.json': 'b'})
    const back = await node.situation(one)
    expect(back.changes.map(({change}) => change)).toEqual(['create', 'update', 'remove'])
    await node.carryOut(back)
    expect(live()).toEqual(['a', 'b', undefined])
    expect((await node.situation(one)).reasons).toEqual([])
  })

  it('alone is a plan too', async () => {
    await between()
    const less = node.wish('less', {'b.json': 'b'})
    const planned = await node.situation(less)
    expect(planned.changes).toEqual([{path: path.join(node.folder, 'a.json'), change: 'remove'}])
    await node.carryOut(planned)
    expect(live()).toEqual([undefined, 'b', undefined])
    expect((await node.situation(less)).reasons).toEqual([])
  })

  it('stays where it was edited after the plan, and nothing is swapped', async () => {
    const planned = await node.situation(await between())
    writeFileSync(path.join(node.folder, 'a.json'), 'by hand')
    await expect(node.carryOut(planned)).rejects.toMatchObject({
      code: 'FILE_CHANGED',
      message: `${path.join(node.folder, 'a.json')} was changed since the plan was made`,
    })
    expect(live()).toEqual(['by hand', 'b', undefined])
  })

  it('stays where somebody made it anew after the plan that missed it', async () => {
    const two = await between()
    rmSync(path.join(node.folder, 'a.json'))
    const planned = await node.situation(two)
    expect(planned.changes.map(({change}) => change)).toEqual(['update', 'create'])
    writeFileSync(path.join(node.folder, 'a.json'), 'by hand')
    await expect(node.carryOut(planned)).rejects.toMatchObject({code: 'FILE_CHANGED'})
    expect(live()).toEqual(['by hand', 'b', undefined])
  })

  it('that was edited before the plan is named as such, and goes where the operator lets it', async () => {
    const two = await between()
    writeFileSync(path.join(node.folder, 'a.json'), 'by hand')
    const planned = await node.situation(two)
    expect(planned.changes.at(-1)).toMatchObject({change: 'remove', foreign: 'edited'})
    await node.carryOut(planned)
    expect(live()).toEqual([undefined, 'B', 'c'])
  })

  it('and that cannot be removed is an error, not a word less', async () => {
    const planned = await node.situation(await between())
    const place = path.join(node.folder, 'a.json')
    rmSync(place)
    mkdirSync(place)
    const {[place]: _, ...others} = Object.fromEntries(planned.seen)
    await expect(node.carryOut({...planned, seen: new Map(Object.entries(others))})).rejects.toMatchObject({
      code: 'SCRIPT_FAILED',
      message: expect.stringContaining(`cannot remove ${place}`),
    })
  })

  it('and whose swap was cut is still to be swapped, although no file differs', async () => {
    const less = node.wish('less', {'b.json': 'b'})
    await between()
    await cutSwap(less, 'clear_aside')
    expect(live()).toEqual([undefined, 'b', undefined])
    const rest = await node.situation(less)
    expect(rest.reasons).toEqual(['its last swap was cut'])
    await node.carryOut(rest)
    expect((await node.situation(less)).reasons).toEqual([])
  })

  it('and that a cut swap has brought goes with the next one', async () => {
    const two = await between()
    await cutSwap(two, 'remove_leftovers')
    expect(live()).toEqual(['a', 'B', 'c'])
    const other = node.wish('three', {'a.json': 'a', 'b.json': 'b'})
    const planned = await node.situation(other)
    expect(planned.changes).toEqual([
      {path: path.join(node.folder, 'b.json'), change: 'update'},
      {path: path.join(node.folder, 'c.json'), change: 'remove'},
    ])
    await node.carryOut(planned)
    expect(live()).toEqual(['a', 'b', undefined])
  })
})

describe('a file of somebody else', () => {
  const live = (name: string) => {
    const place = path.join(node.folder, name)
    return existsSync(place) ? readFileSync(place, 'utf8') : undefined
  }
  const write = (name: string, text: string) => writeFileSync(path.join(node.folder, name), text)
  const take = async (wish: Wish) => node.carryOut(await node.situation(wish))
  const goBack = (release: string) => node.host.run(revertRelease(node.activation(), release))

  /** Grafana is there, and gha was not. */
  async function withoutGha() {
    await node.bringUp('12.1.0', 'zero')
    rmSync(node.state, {recursive: true})
  }

  it('outlives a first swap that was cut', async () => {
    await withoutGha()
    write('a.json', 'by hand')
    const one = node.wish('one', {'a.json': 'ours'})
    await cutSwap(one, 'remove_leftovers')
    expect(live('a.json')).toBe('ours')
    write('b.json', 'by hand too')
    await take(node.wish('two', {'a.json': 'ours', 'b.json': 'ours'}))
    await goBack('found')
    expect([live('a.json'), live('b.json')]).toEqual(['by hand', 'by hand too'])
  })

  it('is kept as it is now, also after gha has put it back once', async () => {
    await withoutGha()
    write('a.json', 'by hand')
    const one = node.wish('one', {'a.json': 'ours'})
    await take(one)
    await goBack('found')
    write('a.json', 'by hand, and better')
    await take(one)
    await goBack('found')
    expect(live('a.json')).toBe('by hand, and better')
  })

  it('that a later release takes over comes back with the release before, and is nobody else’s to remove', async () => {
    const one = node.wish('one', {'a.json': 'a'})
    const two = node.wish('two', {'a.json': 'A', 'b.json': 'ours'})
    await take(one)
    write('b.json', 'by hand')
    await node.stageWish(two)
    write('b.json', 'by hand, and better')
    await take(two)
    await goBack(one.release.id)
    expect(live('b.json')).toBe('by hand, and better')
    await take(node.wish('three', {'a.json': 'AA'}))
    expect(live('b.json')).toBe('by hand, and better')
  })

  it('comes back where that release is undone', async () => {
    const one = node.wish('one', {'a.json': 'a'})
    await take(one)
    write('b.json', 'by hand')
    await take(node.wish('two', {'b.json': 'ours'}))
    const release = await node.host.run(readRelease(node.state, one.release.id))
    await node.host.run(stageRelease({...node.activation(), release}))
    await node.host.run(activateRelease(node.activation(), {release, seen: new Map(), ...UNGUARDED}))
    expect([live('a.json'), live('b.json')]).toEqual(['a', 'by hand'])
  })

  it('that cannot be kept lets nothing be staged', async () => {
    await withoutGha()
    write('a.json', 'by hand')
    const programs = path.join(node.folder, 'programs')
    mkdirSync(programs)
    writeFileSync(path.join(programs, 'cp'), '#!/bin/sh\nexit 1\n', {mode: 0o755})
    const host = new LocalHost('gf1', {PATH: `${programs}:${process.env['PATH']}`})
    const {release, files} = node.wish('one', {'a.json': 'ours'})
    const contents = files.map(({content}) => Buffer.from(content.reveal()))
    await expect(host.run(stageRelease({...node.activation(), release, contents}))).rejects.toThrow(
      `no room for ${path.join(node.folder, 'a.json')} as it is`,
    )
  })
})

describe('the fence', () => {
  it('refuses a run that a newer one has overtaken', async () => {
    await node.stage('12.1.0', 'one')
    writeFileSync(path.join(node.state, 'generation'), '2')
    await expect(node.stage('12.1.0', 'one')).rejects.toMatchObject({code: 'FENCED', exit: 'locked'})
  })

  it('is not inherited by the service that a script starts', async () => {
    await node.bringUp('12.1.0', 'one')
    await expect(node.stage('12.1.1', 'two')).resolves.toBeDefined()
  })
})

describe('a file that cannot be written', () => {
  it('leaves the old one, and the old release', async () => {
    const {release: first} = await node.bringUp('12.1.0', 'one')
    mkdirSync(`${node.ini}.gha-new`)
    await expect(node.bringUp('12.1.0', 'two', first.files[0]?.sha256)).rejects.toMatchObject({
      code: 'SCRIPT_FAILED',
      message: expect.stringContaining(`cannot write ${node.ini}`),
    })
    expect(readFileSync(node.ini, 'utf8')).toContain('one')
    expect(readFileSync(path.join(node.state, 'release'), 'utf8')).toBe(first.id)
    expect(node.asked()).toEqual(['stop', 'restart'])
  })
})
