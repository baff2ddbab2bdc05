import {expect, it} from 'vitest'
import {ghaDrainKept} from '../../../src/lib/checks/gha-drain-kept.ts'
import {known, unknown} from '../../../src/lib/model/observation.ts'
import {viewsOf} from '../../support/a-run.ts'
import {aJudged, aNodeObservation, keptState} from '../../support/an-observation.ts'

const drained = {by: 'ann@desk', reason: 'new disk', forSeconds: 1800, ageSeconds: 60}
const state = (gf1: 'in' | 'out' | 'down') => known(viewsOf({gf1, gf2: 'in'}))
const outcome = (balancer: ReturnType<typeof state> | ReturnType<typeof unknown>, kept = keptState({drained})) =>
  ghaDrainKept.judge(aJudged({nodes: [aNodeObservation({state: known(kept)})], balancer}))[0]

it('passes while the balancer keeps a drained node out, and fails once it sends requests there', () => {
  expect(outcome(state('out'))).toMatchObject({status: 'passed'})
  expect(outcome(state('down'))).toMatchObject({status: 'passed'})
  expect(outcome(state('in'))).toMatchObject({
    status: 'failed',
    detail: 'drained by ann@desk 1m ago for 30m: new disk, and gets requests (lb1: in)',
  })
})

it('passes for a node that nobody drained, and is not decided where the balancer does not tell', () => {
  expect(outcome(state('in'), keptState())).toMatchObject({status: 'passed', detail: 'not drained'})
  expect(outcome(unknown('the socket is gone'))).toMatchObject({status: 'unknown', detail: 'the socket is gone'})
})
