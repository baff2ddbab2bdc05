import {readFileSync, readlinkSync} from 'node:fs'
import {expect, it} from 'vitest'
import {localIdentity} from '../../../src/lib/adapters/identity.ts'

it('the boot of an identity names the table of processes too: in another container the same pid is another process', () => {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  expect(localIdentity().bootId).toBe(`${boot}/${readlinkSync('/proc/self/ns/pid')}`)
})
