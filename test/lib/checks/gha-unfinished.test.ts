import {describe, expect, it} from 'vitest'
import {ghaUnfinished} from '../../../src/lib/checks/gha-unfinished.ts'
import {judgeOne} from '../../support/an-observation.ts'

describe('gha/unfinished', () => {
  it('warns of a lock and of an armed dead man', () => {
    const idle = {generation: 3, journal: []}
    expect(judgeOne(ghaUnfinished, 'state', idle)).toMatchObject({status: 'passed'})
    const kept = {text: 'run=r1', ageSeconds: 12.4}
    expect(judgeOne(ghaUnfinished, 'state', {...idle, lock: kept, armed: kept})).toMatchObject({
      status: 'failed',
      detail: 'a lock, renewed 12 s ago and an armed dead man',
    })
  })
})
