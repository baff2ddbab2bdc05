import {describe, expect, it} from 'vitest'
import {databaseConnections} from '../../../src/lib/checks/database-connections.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aDatabaseAnswer, aJudged, aNodeObservation, spoken} from '../../support/an-observation.ts'

const judge = (maxOpenConnections: number | undefined) => {
  const {database} = aCluster()
  const cluster = aCluster({database: {...database, ...(maxOpenConnections ? {maxOpenConnections} : {})}})
  const node = aNodeObservation({database: known(aDatabaseAnswer({maxConnections: 100}))})
  return spoken(databaseConnections, aJudged({cluster, nodes: [node, node, node]}))[0]
}

describe('database/connections', () => {
  it('keeps ten connections free', () => {
    expect(judge(30)).toBe('gf1 passed: 90 at most, the server allows 100')
    expect(judge(31)).toBe('gf1 failed: 93 at most, the server allows 100')
  })

  it('is skipped where gha.yaml sets no limit', () => {
    expect(judge(undefined)).toMatch(/^gf1 skipped/)
  })
})
