import os from 'node:os'
import {describe, expect, it} from 'vitest'
import {system} from '../../../src/lib/facts/system.ts'
import {askHere, recordsOf} from '../../support/observed.ts'

describe('the system fact', () => {
  it('knows this machine', async () => {
    const observation = await askHere(system)
    expect(observation).toMatchObject({known: true, value: {hostname: os.hostname(), uid: process.getuid?.()}})
    expect(observation.known && observation.value.bootId).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('is unknown when the node tells nothing', () => {
    expect(system.read(recordsOf({}))).toMatchObject({known: false})
  })
})
