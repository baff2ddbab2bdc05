import {expect, it} from 'vitest'
import {type DumpPorts, takeDump} from '../../../../src/lib/actions/backup/take-dump.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {LocalHosts} from '../../../support/local-host.ts'
import {ManualClock} from '../../../support/manual-clock.ts'

it('what broke a backup is said, also where what is left of it cannot be taken away', async () => {
  const server = {product: 'PostgreSQL', version: '15.1'} as const
  const fails = (message: string) => async () => {
    throw new Error(message)
  }
  const ports: DumpPorts = {
    hosts: new LocalHosts(),
    clock: new ManualClock(),
    archives: {
      freeBytes: async () => 1e12,
      begin: async () => ({
        path: '/nowhere',
        write: fails('unexpected'),
        keep: fails('unexpected'),
        discard: fails('read-only file system'),
      }),
    },
    dumps: {
      outlook: async () => ({server, tools: [], bytes: 1}),
      take: fails('no space is left'),
      readBack: fails('unexpected'),
      digest: fails('unexpected'),
    },
  }
  await expect(takeDump(aCluster(), ports, {directory: '/nowhere', reason: 'a test'})).rejects.toThrow(
    'no space is left',
  )
})
