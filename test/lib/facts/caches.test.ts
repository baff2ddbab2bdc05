import {describe, expect, it} from 'vitest'
import {probeCaches} from '../../../src/lib/facts/caches.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {FakeCaches, FakeHost} from '../../support/fake-ports.ts'

const answered = {outcome: 'answered', latencyMilliseconds: 1, serverVersion: '7', readOnly: false} as const

describe('the caches', () => {
  it('are probed for each use with its own address', async () => {
    const redis = {type: 'redis', database: 0, tls: 'off'} as const
    const cluster = aCluster({
      cache: {...redis, host: 'r1', port: 6379},
      alerting: {mode: 'redis', database: 1, tls: 'off', host: 'r2', port: 6379},
      live: {mode: 'redis', host: 'r3', port: 6379},
    })
    const asked: string[] = []
    const caches = new FakeCaches(({host}) => {
      asked.push(host)
      return answered
    })
    const views = await probeCaches(cluster, new FakeHost('gf1'), caches)
    expect(views.map(({use}) => use)).toEqual(['cache', 'alerting', 'live'])
    expect(asked).toEqual(['r1', 'r2', 'r3'])
  })

  it('are none where everything is in the database', async () => {
    expect(await probeCaches(aCluster(), new FakeHost('gf1'), new FakeCaches())).toEqual([])
  })
})
