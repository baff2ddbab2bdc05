import {describe, expect, it} from 'vitest'
import {databaseLatency} from '../../../src/lib/checks/database-latency.ts'
import {aDatabaseAnswer, aSilentNode, judgeNode, judgeOne} from '../../support/an-observation.ts'

const judge = (latencyMilliseconds: number) =>
  judgeOne(databaseLatency, 'database', aDatabaseAnswer({latencyMilliseconds}))

describe('database/latency', () => {
  it('warns beyond 50 ms and fails beyond 200 ms', () => {
    expect(judge(50)).toMatchObject({status: 'passed'})
    expect(judge(51)).toMatchObject({status: 'failed', severity: 'warning'})
    expect(judge(200)).toMatchObject({status: 'failed', severity: 'warning'})
    expect(judge(201).severity).toBeUndefined()
  })

  it('is skipped where the database does not answer: that is another check', () => {
    expect(judgeOne(databaseLatency, 'database', {outcome: 'refused', message: ''})).toMatchObject({status: 'skipped'})
  })

  it('is unknown where nobody could ask', () => {
    expect(judgeNode(databaseLatency, aSilentNode())).toMatchObject({status: 'unknown'})
  })
})
