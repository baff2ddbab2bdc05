import {expect, it} from 'vitest'
import type {ActResult} from '../../../../src/lib/actions/change/act.ts'
import type {ChangeRequest} from '../../../../src/lib/actions/change/change-request.ts'
import {watchUsers} from '../../../../src/lib/actions/change/watch-users.ts'
import type {Plan} from '../../../../src/lib/plan/plan.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import type {StepName} from '../../../../src/lib/rollout/run.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {ManualClock} from '../../../support/manual-clock.ts'

const PROBE = {url: 'http://grafana.lab/', errorBudget: 0.05, intervalMilliseconds: 250, soakSeconds: 0}

it.each<StepName>(['may-it-go', 'arm'])(
  'tells apart what users got before the first node was touched, by %s',
  async step => {
    const clock = new ManualClock()
    const {rollout} = aCluster()
    const progress = () => undefined
    const request = {cluster: aCluster({rollout: {...rollout, probe: PROBE}}), progress} as unknown as ChangeRequest
    const ask = async () => ({status: 200, body: '{"database":"ok"}', headers: {}, milliseconds: 1})
    const watched = watchUsers(request, {clock} as unknown as Ports, {
      plan: {waves: [], step: {kind: 'none'}} as unknown as Plan,
      vantage: {words: '', atOnce: 1, ask, isBlind: () => false},
      work: async told => {
        for (const each of ['stage', step] satisfies StepName[]) {
          told.progress({type: 'step-started', node: 'gf1', step: each, detail: ''})
          await clock.sleep(5000)
          told.progress({type: 'step-done', node: 'gf1', step: each, milliseconds: 5000, detail: ''})
        }
        return {} as ActResult
      },
    })
    await clock.pass(60_000)
    const {before, during} = (await watched).sights.users?.availability ?? {}
    expect([before?.requests, during?.requests]).toEqual([20, 20])
  },
)
