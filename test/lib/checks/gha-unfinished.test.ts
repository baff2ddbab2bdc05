import {describe, expect, it} from 'vitest'
import {ghaUnfinished} from '../../../src/lib/checks/gha-unfinished.ts'
import {judgeOne, keptState} from '../../support/an-observation.ts'

describe('gha/unfinished', () => {
  it('warns of a lock, a node held out and an armed dead man', () => {
    const idle = keptState()
    expect(judgeOne(ghaUnfinished, 'state', idle)).toMatchObject({status: 'passed'})
    const kept = {text: 'run=r1', ageSeconds: 12.4}
    expect(judgeOne(ghaUnfinished, 'state', {...idle, lock: kept, armed: {wayBack: 'old'}, out: 'r7'})).toMatchObject({
      status: 'failed',
      detail: 'a lock, renewed 12 s ago, held out by run r7, an armed dead man',
    })
  })
})
