import {expect, it} from 'vitest'
import {refusingMutations} from '../../../src/lib/host/refusing-mutations.ts'
import {FakeHost, FakeHosts} from '../../support/fake-ports.ts'
import {aScript} from '../../support/ssh-target.ts'

it('lets a dry run read, and refuses every script that mutates', async () => {
  const host = new FakeHost('gf1', {run: () => 'seen'})
  const dry = await refusingMutations(new FakeHosts({gf1: host})).connect('gf1', {} as never)
  expect((await dry.run(aScript('cat'))).stdout).toBe('seen')
  const refused = dry.run(aScript('rm', {mutates: true}))
  await expect(refused).rejects.toMatchObject({code: 'DRY_RUN_MUTATION', node: 'gf1'})
  expect(host.ran).toHaveLength(1)
})
