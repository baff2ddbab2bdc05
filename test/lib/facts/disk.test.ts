import {describe, expect, it} from 'vitest'
import {disk} from '../../../src/lib/facts/disk.ts'
import {aNode} from '../../support/a-cluster.ts'
import {askHere, recordsOf} from '../../support/observed.ts'

describe('the disk fact', () => {
  it('looks at the nearest folder that exists', async () => {
    const node = aNode({
      paths: {...aNode().paths, data: '/nowhere/at/all', config: '/tmp/x.ini', state: '/tmp/a b/state'},
    })
    const observation = await askHere(disk, {node})
    expect(observation.known && observation.value.map(({purpose, path}) => [purpose, path])).toEqual([
      ['data', '/nowhere/at/all'],
      ['config', '/tmp'],
      ['state', '/tmp/a b/state'],
    ])
    expect(observation.known && observation.value.every(({freeBytes}) => freeBytes > 0)).toBe(true)
  })

  it('reads names with blanks and file systems without inodes', () => {
    const header = 'Filesystem Avail Inodes IFree Mounted on\n'
    const rows = header + 'nas:/my export   500 - - /mnt/my disk\n'.repeat(3)
    const observation = disk.read(recordsOf({'disk.rows': rows}))
    expect(observation.known && observation.value[0]).toEqual({
      purpose: 'data',
      path: '',
      filesystem: 'nas:/my export',
      mountedOn: '/mnt/my disk',
      freeBytes: 512_000,
    })
  })

  it('is unknown when df tells nothing', () => {
    expect(disk.read(recordsOf({}))).toMatchObject({known: false})
  })
})
