import {existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {activateRelease, revertRelease} from '../../../src/lib/host/activate.ts'
import {readRelease} from '../../../src/lib/host/read-release.ts'
import {stageRelease} from '../../../src/lib/host/stage.ts'
import {sha256} from '../../../src/lib/model/digest.ts'
import {ShamNode, UNGUARDED} from '../../support/sham-node.ts'

let node: ShamNode
beforeEach(() => {
  node = new ShamNode()
})
afterEach(() => node.remove())

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
