import {describe, expect, it} from 'vitest'
import {readOnlyHosts} from '../../../src/lib/adapters/read-only-hosts.ts'
import type {Script} from '../../../src/lib/model/script.ts'
import {anSshTarget} from '../../support/a-cluster.ts'
import {FakeHost, FakeHosts} from '../../support/fake-ports.ts'

function script(mutates: boolean): Script<string> {
  return {name: 'try', text: '', mutates, deadlineSeconds: 1, parse: ({stdout}) => new TextDecoder().decode(stdout)}
}

describe('the hosts of a dry run', () => {
  it('run what only reads and refuse what changes anything', async () => {
    const real = new FakeHost('gf1', {run: () => 'read'})
    const host = await readOnlyHosts(new FakeHosts({gf1: real})).connect('gf1', anSshTarget())
    expect(await host.run(script(false))).toBe('read')
    await expect(host.run(script(true))).rejects.toThrow('a dry run may not change anything')
    expect(real.ran).toHaveLength(1)
  })
})
