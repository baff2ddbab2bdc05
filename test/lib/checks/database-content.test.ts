import {describe, expect, it} from 'vitest'
import {databaseContent} from '../../../src/lib/checks/database-content.ts'
import {aDatabaseAnswer, judgeOne} from '../../support/an-observation.ts'

describe('database/content', () => {
  it("fails tables that are not Grafana's", () => {
    const judge = (content: 'empty' | 'grafana' | 'foreign') =>
      judgeOne(databaseContent, 'database', aDatabaseAnswer({content}))
    expect(judge('foreign')).toMatchObject({status: 'failed'})
    expect(judge('empty')).toMatchObject({status: 'passed', detail: 'it is empty'})
    expect(judge('grafana')).toMatchObject({status: 'passed', detail: '600 migrations'})
  })
})
