import {describe, expect, it} from 'vitest'
import {rights} from '../../../src/lib/facts/rights.ts'
import {askHere, recordsOf} from '../../support/observed.ts'

describe('the rights fact', () => {
  it('knows as whom it runs on this machine', async () => {
    expect(await askHere(rights)).toEqual({known: true, value: {uid: process.getuid?.()}})
  })

  it('is unknown when the node tells nothing', () => {
    expect(rights.read(recordsOf({}))).toMatchObject({known: false})
  })
})
