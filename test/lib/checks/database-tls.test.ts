import {describe, expect, it} from 'vitest'
import {databaseTls} from '../../../src/lib/checks/database-tls.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {aDatabaseAnswer, aNodeObservation, judgeNode} from '../../support/an-observation.ts'

const judge = (sslMode: string, encrypted: boolean) => {
  const cluster = aCluster({database: {...aCluster().database, sslMode}})
  return judgeNode(databaseTls, aNodeObservation({database: known(aDatabaseAnswer({encrypted}))}), {cluster})
}

describe('database/tls', () => {
  it('fails a plain connection where encryption is wished', () => {
    expect(judge('verify-full', false)).toMatchObject({status: 'failed'})
    expect(judge('verify-full', true)).toMatchObject({status: 'passed'})
  })

  it.each(['disable', 'false'])('is skipped for sslMode %s', sslMode => {
    expect(judge(sslMode, false)).toMatchObject({status: 'skipped'})
  })
})
