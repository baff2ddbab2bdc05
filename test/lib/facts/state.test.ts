import {mkdtempSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
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
    expect(await ask()).toEqual({known: true, value: {generation: 0, written: new Map()}})
    writeFileSync(folder, '')
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
})
