import {describe, expect, it} from 'vitest'
import {databaseReadOnly} from '../../../src/lib/checks/database-read-only.ts'
import {aDatabaseAnswer, judgeOne} from '../../support/an-observation.ts'

describe('database/read-only', () => {
  it('fails a replica', () => {
    const judge = (readOnly: boolean) => judgeOne(databaseReadOnly, 'database', aDatabaseAnswer({readOnly}))
    expect(judge(true)).toMatchObject({status: 'failed'})
    expect(judge(false)).toMatchObject({status: 'passed'})
  })
})
