import {mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {state} from '../../../src/lib/facts/state.ts'
import {aNode} from '../../support/a-cluster.ts'
import {askHere} from '../../support/observed.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'gha-state-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const ask = () => askHere(state, {node: aNode({paths: {...aNode().paths, state: folder}})})

describe('the state fact', () => {
  it('is empty before the first run', async () => {
    rmSync(folder, {recursive: true})
    expect(await ask()).toEqual({known: true, value: {generation: 0, brought: [], written: new Map()}})
    writeFileSync(folder, '')
  })

  it('names the newest journal that it keeps', async () => {
    mkdirSync(path.join(folder, 'runs'))
    for (const name of [
      '20261101T120000-aaaa.jsonl',
      '20261122T080000-0000.jsonl',
      '20261122T075959-ffff.jsonl',
      'z.txt',
    ])
      writeFileSync(path.join(folder, 'runs', name), '')
    expect(await ask()).toMatchObject({value: {lastRun: '20261122T080000-0000'}})
  })

  it('tells what gha has brought: of its release and of cut swaps, and not what was there before gha', async () => {
    const brings = (release: string, ...names: readonly string[]) => {
      mkdirSync(path.join(folder, 'releases', release), {recursive: true})
      const lines = names.map((name, place) => `file\t${place}\tpublic\tsum of ${release}\t/etc/${name}\n`)
      writeFileSync(path.join(folder, 'releases', release, 'manifest'), `version\t12.1.0\n${lines.join('')}`)
    }
    brings('found', 'ini', 'before')
    brings('one', 'ini', 'old')
    brings('two', 'ini', 'new')
    writeFileSync(path.join(folder, 'release'), 'one')
    writeFileSync(path.join(folder, 'previous'), 'found')
    writeFileSync(path.join(folder, 'swapping'), 'two\n')
    const value = {swapping: 'two', brought: ['/etc/ini', '/etc/old', '/etc/new']}
    expect(await ask()).toMatchObject({known: true, value})
    expect(await ask()).toMatchObject({
      value: {
        written: new Map([
          ['/etc/ini', ['sum of found', 'sum of one', 'sum of two']],
          ['/etc/before', ['sum of found']],
          ['/etc/old', ['sum of one']],
          ['/etc/new', ['sum of two']],
        ]),
      },
    })
    writeFileSync(path.join(folder, 'release'), 'found')
    rmSync(path.join(folder, 'swapping'))
    expect(await ask()).toMatchObject({value: {release: 'found', brought: []}})
  })

  it('reads every small file whole, and the age of the lock', async () => {
    writeFileSync(path.join(folder, 'generation'), '7\n')
    writeFileSync(path.join(folder, 'release'), '20261120-1\n')
    writeFileSync(path.join(folder, 'lock'), 'run=r1\nowner=ann\n')
    const hourAgo = Date.now() / 1000 - 3600
    utimesSync(path.join(folder, 'lock'), hourAgo, hourAgo)
    const observation = await ask()
    expect(observation).toMatchObject({
      known: true,
      value: {generation: 7, release: '20261120-1', lock: {text: 'run=r1\nowner=ann'}},
    })
    if (!observation.known) return
    expect(observation.value.lock?.ageSeconds).toBeGreaterThanOrEqual(3599)
    expect(observation.value.armed).toBeUndefined()
  })

  it.each([
    {deadline: '86400', armed: {wayBack: '12.0.0-x'}},
    {deadline: 'never', armed: {wayBack: '12.0.0-x', waits: true}},
  ])('tells whether the dead man counts or waits: $deadline', async ({deadline, armed}) => {
    writeFileSync(path.join(folder, 'armed'), `r1\n12.0.0-x\n${deadline}\nboot-1\n`)
    expect(await ask()).toMatchObject({value: {armed}})
  })
})
