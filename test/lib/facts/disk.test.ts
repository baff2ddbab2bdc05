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
    expect(observation.known && observation.value.map(({path}) => path)).toEqual([
      '/nowhere/at/all',
      '/tmp',
      '/tmp/a b/state',
    ])
    expect(observation.known && observation.value.every(({freeBytes}) => freeBytes > 0)).toBe(true)
  })

  it('reads file systems without inodes', () => {
    const rows = `Avail Inodes IFree\n${'  500 - -\n'.repeat(3)}`
    const observation = disk.read(recordsOf({'disk.path': ['/a', '/b', '/c'], 'disk.rows': rows}))
    expect(observation.known && observation.value[1]).toEqual({path: '/b', freeBytes: 512_000})
  })

  it('is unknown when df tells nothing', () => {
    expect(disk.read(recordsOf({}))).toMatchObject({known: false})
  })
})
