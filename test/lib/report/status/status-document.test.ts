import {describe, expect, it} from 'vitest'
import {unknown} from '../../../../src/lib/model/observation.ts'
import {clusterStatus} from '../../../../src/lib/report/status/cluster-status.ts'
import {statusDocument, statusExit} from '../../../../src/lib/report/status/status-document.ts'
import {aJudged, aSilentNode} from '../../../support/an-observation.ts'

describe('the status for machines', () => {
  it('has a version, a type and a time', () => {
    expect(statusDocument(clusterStatus(aJudged()))).toMatchObject({
      schemaVersion: 1,
      type: 'status',
      at: '2027-01-15T08:00:00.000Z',
      cluster: 'prod',
      nodes: [{node: 'gf1'}, {node: 'gf2'}, {node: 'gf3'}],
    })
  })

  it('fails only when somebody could not be read', () => {
    expect(statusExit(clusterStatus(aJudged()))).toBe('ok')
    expect(statusExit(clusterStatus(aJudged({nodes: [aSilentNode()]})))).toBe('partial')
    expect(statusExit(clusterStatus(aJudged({balancer: unknown('no socket')})))).toBe('partial')
  })
})
