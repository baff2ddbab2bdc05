import {describe, expect, it} from 'vitest'
import {writeVersion} from '../../../../src/lib/actions/change/write-version.ts'
import {versionOf} from '../../../../src/lib/model/version.ts'
import type {ProgressEvent} from '../../../../src/lib/rollout/run.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {aLock} from '../../../support/a-lock.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'

const FILE = '/work-on/gha.yaml'
const BEFORE = 'grafana:\n  version: "12.1.0" # ours\nnodes: []\n'
const AFTER = BEFORE.replace('"12.1.0"', '12.1.1')

/** gha.yaml with version 12.1.1 in it, and what puts it back. */
async function written() {
  const said: string[] = []
  const files = new MemoryFiles()
  files.put(FILE, BEFORE, 0o640)
  const progress = (event: ProgressEvent) => {
    if (event.type === 'note') said.push(event.text)
  }
  const cluster = aCluster({file: FILE, grafana: {version: versionOf('12.1.1')}})
  const restore = await writeVersion({cluster, writesVersion: true, progress}, {files})
  expect(files.text(FILE)).toBe(AFTER)
  return {files, said, restore}
}

describe('the version in gha.yaml', () => {
  it('goes back to the byte, with the rights of the file, and nothing is said', async () => {
    const {files, said, restore} = await written()
    expect(await restore(aLock())).toBe('back')
    expect([files.text(FILE), await files.mode(FILE), said]).toEqual([BEFORE, 0o640, []])
  })

  it('goes back alone: what somebody edited meanwhile stays', async () => {
    const {files, restore} = await written()
    files.put(FILE, AFTER.replace('nodes: []', 'nodes: [gf9]'), 0o640)
    await restore(aLock())
    expect(files.text(FILE)).toBe(BEFORE.replace('nodes: []', 'nodes: [gf9]'))
  })

  it('is left alone after the lock is lost, as it turns out now at the latest', async () => {
    const {files, said, restore} = await written()
    let lost: string | undefined
    const renew = async () => {
      lost = 'another run took the lock over on gf2'
    }
    expect(await restore(aLock({renew, lost: () => lost}))).toBe('left')
    expect(files.text(FILE)).toBe(AFTER)
    expect(said).toEqual([
      '/work-on/gha.yaml is not put back to version "12.1.0": another run took the lock over on gf2.',
    ])
  })

  it.each([
    ['somebody has changed its version meanwhile', AFTER.replace('12.1.1', '12.1.2')],
    ['found no version in the grafana section of the cluster file', 'grafana: {\n'],
  ])('is left alone where %s', async (why, text) => {
    const {files, said, restore} = await written()
    files.put(FILE, text, 0o640)
    await restore(aLock())
    expect(files.text(FILE)).toBe(text)
    expect(said).toEqual([`/work-on/gha.yaml is not put back to version "12.1.0": ${why}.`])
  })

  it('that cannot be put back hides nothing of how the run ended', async () => {
    const {files, said, restore} = await written()
    const write = () => Promise.reject(new Error('ENOSPC: no space left on device'))
    Object.assign(files, {write})
    expect(await restore(aLock())).toBe('left')
    expect(said).toEqual(['/work-on/gha.yaml is not put back to version "12.1.0": ENOSPC: no space left on device.'])
  })
})
