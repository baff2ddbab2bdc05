import {expect, it} from 'vitest'
import {ghaDrainExpired} from '../../../src/lib/checks/gha-drain-expired.ts'
import {known} from '../../../src/lib/model/observation.ts'
import {clusterStatus} from '../../../src/lib/report/status/cluster-status.ts'
import {statusText} from '../../../src/lib/report/status/status-text.ts'
import {aJudged, aNodeObservation, keptState} from '../../support/an-observation.ts'

const judged = (ageSeconds: number) => {
  const drained = {by: 'ann@desk', reason: 'new disk', forSeconds: 1800, ageSeconds}
  return aJudged({nodes: [aNodeObservation({state: known(keptState({drained}))})]})
}

it('passes while a drain has its time, and fails when that is over', () => {
  expect(ghaDrainExpired.judge(judged(60))[0]).toMatchObject({status: 'passed'})
  expect(ghaDrainExpired.judge(judged(2700))[0]).toMatchObject({
    status: 'failed',
    detail: 'drained by ann@desk 45m ago for 30m, over since 15m: new disk',
  })
})

it('is shouted by the status, above the table, only when the time is over', () => {
  const text = (ageSeconds: number) => statusText(clusterStatus(judged(ageSeconds)), {colour: false}).split('\n')
  expect(text(2700)[1]).toBe(
    'gf1 is drained by ann@desk 45m ago for 30m, over since 15m: new disk. Bring it back: gha undrain gf1',
  )
  expect(text(60)[1]).toBe('')
  expect(text(60)[3]).toContain('drained by ann@desk 1m ago for 30m: new disk')
})
