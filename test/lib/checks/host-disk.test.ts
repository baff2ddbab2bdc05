import {describe, expect, it} from 'vitest'
import {hostDisk} from '../../../src/lib/checks/host-disk.ts'
import {judgeOne} from '../../support/an-observation.ts'

const MIB = 1024 ** 2
const judge = (freeMebibytes: number, freeInodes?: number) =>
  judgeOne(hostDisk, 'disk', [
    {
      path: '/var/lib/grafana',
      freeBytes: freeMebibytes * MIB,
      ...(freeInodes === undefined ? {} : {freeInodes}),
    },
  ])

describe('host/disk', () => {
  it('fails below 512 MiB, warns below 2048 MiB', () => {
    expect(judge(511)).toEqual({node: 'gf1', status: 'failed', detail: '511 MiB free for /var/lib/grafana'})
    expect(judge(512)).toMatchObject({status: 'failed', severity: 'warning'})
    expect(judge(2047)).toMatchObject({status: 'failed', severity: 'warning'})
    expect(judge(2048)).toMatchObject({status: 'passed', detail: 'at least 2048 MiB free'})
  })

  it('fails where inodes run out first', () => {
    expect(judge(9000, 9_999)).toMatchObject({
      status: 'failed',
      detail: '9000 MiB and 9999 inodes free for /var/lib/grafana',
    })
    expect(judge(9000, 10_000)).toMatchObject({status: 'passed'})
  })
})
