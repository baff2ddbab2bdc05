import {describe, expect, it} from 'vitest'
import {databaseSameForAll} from '../../../src/lib/checks/database-same-for-all.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aDatabaseAnswer, aJudged, aNodeObservation, aSilentNode, NOW, spoken} from '../../support/an-observation.ts'

const withDatabase = (wish: Parameters<typeof aDatabaseAnswer>[0]) =>
  aNodeObservation({database: known(aDatabaseAnswer(wish))})
const judge = (...nodes: ReturnType<typeof withDatabase>[]) => spoken(databaseSameForAll, aJudged({nodes}))

describe('database/same-for-all', () => {
  it('passes one database for all', () => {
    expect(judge()).toEqual(['cluster passed: they do'])
  })

  it.each([
    ['content', {content: 'empty'}],
    ['migrations', {newestMigration: 'another'}],
    ['version', {serverVersion: '16.1'}],
    ['clock', {serverTimeMilliseconds: NOW + 60_000}],
  ] as const)('fails where one node sees another %s', (_what, wish) => {
    expect(judge(withDatabase({}), withDatabase(wish), withDatabase({}))).toEqual([
      'cluster failed: gf2 sees another one than gf1',
    ])
  })

  it('is unknown while a node does not reach it', () => {
    expect(judge(withDatabase({}), withDatabase({}), aSilentNode())).toEqual([
      'cluster unknown: 1 of 3 nodes do not reach it',
    ])
  })
})
