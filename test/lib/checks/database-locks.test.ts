import {describe, expect, it} from 'vitest'
import {databaseLocks} from '../../../src/lib/checks/database-locks.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aDatabaseAnswer, aNodeObservation, judgeNode} from '../../support/an-observation.ts'

const judge = (answer: Parameters<typeof aDatabaseAnswer>[0]) =>
  judgeNode(databaseLocks, aNodeObservation({database: known(aDatabaseAnswer(answer))}))

describe('database/locks', () => {
  it('passes a server of its own, and a pooler that lends sessions for a connection', () => {
    expect(judge({})).toMatchObject({status: 'passed'})
    expect(judge({pooling: 'session'})).toMatchObject({status: 'passed'})
  })

  it('fails a pooler that lends sessions for a transaction', () => {
    const verdict = judge({pooling: 'transaction'})
    expect(verdict).toMatchObject({status: 'failed', detail: 'a pooler between lends a session for each transaction'})
    expect(verdict?.severity).toBeUndefined()
  })

  it('does not pass a pooler that it could not look through', () => {
    expect(judge({pooling: 'unknown'})).toMatchObject({status: 'unknown'})
  })

  it.each([
    [1, '1 member'],
    [3, '3 members'],
  ])('warns of a Galera cluster of %i', (galeraMembers, words) => {
    expect(judge({galeraMembers})).toMatchObject({
      status: 'failed',
      severity: 'warning',
      detail: expect.stringContaining(`a Galera cluster of ${words}`),
      hint: expect.stringContaining('one after the other'),
    })
  })
})
