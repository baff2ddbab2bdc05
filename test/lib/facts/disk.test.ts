import {describe, expect, it} from 'vitest'
import {disk} from '../../../src/lib/facts/disk.ts'
import {aNode} from '../../support/a-cluster.ts'
import {askHere, recordsOf} from '../../support/observed.ts'

const HEADER = 'Filesystem 1024-blocks Used Available Capacity Mounted on\n'

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
    const rows = (row: string) => HEADER + Array.from({length: 3}, () => `${row}\n`).join('')
    const observation = disk.read(
      recordsOf({
        'disk.bytes': rows('nas:/my export  2000 1000 500 67% /mnt/my disk'),
        'disk.inodes': rows('nas:/my export 0 0 0 - /mnt/my disk'),
      }),
    )
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
