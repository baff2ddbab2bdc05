import {expect, it} from 'vitest'
import {openWish} from '../../../src/lib/cli/wish.ts'
import type {Ports} from '../../../src/lib/ports/ports.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {MemoryFiles} from '../../support/local-fakes.ts'

const cluster = aCluster()
const wish = (text: string, to: string) =>
  openWish({cluster, ports: {files: new MemoryFiles({[cluster.file]: text})} as unknown as Ports}, {to})

it('a version that cannot be written into gha.yaml is refused before anybody is asked', async () => {
  const aliased = 'name: &v 12.1.0\ngrafana: { version: *v }\n'
  await expect(wish(aliased, '12.1.9')).rejects.toMatchObject({code: 'CLUSTER_FILE_INVALID', exit: 'usage'})
  expect((await wish('grafana: { version: 12.1.0 }\n', '12.1.9')).cluster.grafana.version).toMatchObject({patch: 9})
})
