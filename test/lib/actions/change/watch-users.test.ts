import {expect, it} from 'vitest'
import type {ActResult} from '../../../../src/lib/actions/change/act.ts'
import type {ChangeRequest} from '../../../../src/lib/actions/change/change-request.ts'
import {watchUsers} from '../../../../src/lib/actions/change/watch-users.ts'
import {GhaError} from '../../../../src/lib/errors/gha-error.ts'
import {Secret} from '../../../../src/lib/model/secret.ts'
import {versionOf} from '../../../../src/lib/model/version.ts'
import type {Plan} from '../../../../src/lib/plan/plan.ts'
import type {HttpRequest} from '../../../../src/lib/ports/http.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import type {RunReport} from '../../../../src/lib/report/run-report.ts'
import type {StepName} from '../../../../src/lib/rollout/run.ts'
import {aCluster} from '../../../support/a-cluster.ts'
import {ManualClock} from '../../../support/manual-clock.ts'

const PROBE = {url: 'http://grafana.lab/', errorBudget: 0.05, intervalMilliseconds: 250, soakSeconds: 0}
const ADMIN = {user: 'admin', password: new Secret('s3cret')}
const PLAN = {cluster: 'prod', waves: [], step: {kind: 'none'}, to: versionOf('12.1.1')} as unknown as Plan

/** A run that tells of these steps, five seconds each, and then ends like that; everything that goes on record. */
function aRun({steps, end}: {readonly steps: readonly (StepName | 'run')[]; readonly end: () => ActResult}) {
  const clock = new ManualClock()
  const recorded: RunReport[] = []
  const asked: string[] = []
  const {rollout, grafana} = aCluster()
  const cluster = aCluster({rollout: {...rollout, probe: PROBE}, grafana: {...grafana, admin: ADMIN}})
  const record = (report: RunReport) => recorded.push(report)
  const request = {cluster, calledFor: 'undo', progress: () => undefined, record} as unknown as ChangeRequest
  const ask = async ({path}: HttpRequest) => {
    asked.push(path)
    return {status: 200, body: '{"database":"ok"}', headers: {'set-cookie': ['s=1']}, milliseconds: 1}
  }
  const watched = watchUsers(request, {clock} as unknown as Ports, {
    plan: PLAN,
    vantage: {words: 'from here', atOnce: 1, ask, isBlind: () => false},
    work: async told => {
      for (const step of steps) {
        if (step === 'run') told.progress({type: 'run-started', run: 'r1', nodes: ['gf1', 'gf2']})
        else {
          told.progress({type: 'step-started', node: 'gf1', step, detail: ''})
          await clock.sleep(5000)
          told.progress({type: 'step-done', node: 'gf1', step, milliseconds: 5000, detail: ''})
        }
      }
      return end()
    },
  })
  const outcome = watched.then(
    ({sights}) => sights,
    (error: unknown) => error,
  )
  return {clock, outcome, recorded, asked}
}

const DONE = {run: 'r1', result: 'done', milliseconds: 7, nodes: []} as unknown as ActResult
const LOST = new GhaError('held by bob', {code: 'LOCK_LOST', exit: 'locked', hint: 'Look.'})
const lose = () => {
  throw LOST
}

it.each<StepName>(['may-it-go', 'arm'])(
  'tells apart what users got before the first node was touched, by %s',
  async step => {
    const {clock, outcome, recorded} = aRun({steps: ['stage', step], end: () => DONE})
    await clock.pass(60_000)
    expect(await outcome).toMatchObject({users: {where: 'from here'}})
    const {before, during} = recorded[0]?.users?.availability ?? {}
    expect([before?.requests, during?.requests]).toEqual([20, 20])
  },
)

it('puts on record what the run came to, and whether it was kept', async () => {
  const tried = {...DONE, tried: {kept: false, why: 'words'}}
  const {clock, outcome, recorded} = aRun({steps: ['run', 'arm'], end: () => tried})
  await clock.pass(60_000)
  await outcome
  expect(recorded).toMatchObject([
    {cluster: 'prod', verb: 'undo', to: '12.1.1', run: 'r1', result: 'done', trial: 'undone', milliseconds: 7},
  ])
  expect(JSON.stringify(recorded)).not.toContain('words')
})

it('puts on record a run that ends with an error, as far as it came', async () => {
  const {clock, outcome, recorded} = aRun({steps: ['run', 'stage', 'arm'], end: lose})
  await clock.pass(60_000)
  expect(await outcome).toBe(LOST)
  const nodes = [
    {node: 'gf1', result: 'unfinished'},
    {node: 'gf2', result: 'not-begun'},
  ]
  expect(recorded).toMatchObject([{run: 'r1', result: 'failed', error: 'LOCK_LOST', milliseconds: 10_000, nodes}])
  expect(recorded[0]?.timeline.map(({step}) => step)).toEqual(['stage', 'arm'])
  expect(recorded[0]?.users?.availability.during.requests).toBe(20)
})

it('puts nothing on record that never began', async () => {
  const {clock, outcome, recorded} = aRun({steps: [], end: lose})
  await clock.pass(60_000)
  expect(await outcome).toBe(LOST)
  expect(recorded).toEqual([])
})

it.each([
  ['as it should', () => DONE],
  ['with an error', lose],
])('logs out once where it ends %s', async (_how, end) => {
  const {clock, outcome, asked} = aRun({steps: ['run', 'arm'], end})
  await clock.pass(60_000)
  await outcome
  expect(asked.filter(path => path === '/logout')).toHaveLength(1)
})
