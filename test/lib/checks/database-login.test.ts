import {describe, expect, it} from 'vitest'
import {databaseLogin} from '../../../src/lib/checks/database-login.ts'
import {aDatabaseAnswer, judgeOne} from '../../support/an-observation.ts'

describe('database/login', () => {
  it('passes an answer, and fails with the words of the server', () => {
    expect(judgeOne(databaseLogin, 'database', aDatabaseAnswer())).toMatchObject({
      status: 'passed',
      detail: 'version 15.4',
    })
    const timeout = {outcome: 'unreachable', message: 'no answer'} as const
    expect(judgeOne(databaseLogin, 'database', timeout)).toMatchObject({
      status: 'failed',
      detail: 'unreachable: no answer',
    })
  })

  it('tells a refused login apart', () => {
    const refused = {outcome: 'authentication', message: 'wrong password'} as const
    expect(judgeOne(databaseLogin, 'database', refused)).toMatchObject({status: 'failed', cause: 'authentication'})
  })
})
