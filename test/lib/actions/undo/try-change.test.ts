import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ChangeResult} from '../../../../src/lib/actions/change/change-cluster.ts'
import type {ChangeRequest} from '../../../../src/lib/actions/change/change-request.ts'
import {tryChange} from '../../../../src/lib/actions/undo/try-change.ts'
import {GhaError} from '../../../../src/lib/errors/gha-error.ts'
import {formatVersion} from '../../../../src/lib/model/version.ts'
import {changeExit, changeText} from '../../../../src/lib/report/change.ts'
import type {ProgressEvent} from '../../../../src/lib/rollout/run.ts'
import {MATERIAL, Past, type PastRun} from '../../../support/past.ts'
import {planFor} from '../../../support/rollout-plan.ts'
import {OLD, RolloutWorld} from '../../../support/rollout-world.ts'

const plan = await planFor(new RolloutWorld({gf1: OLD, gf2: OLD}))
const UNCONFIRMED = {kept: false, why: 'nobody confirmed it in time'}

let past: Past
beforeEach(() => {
  past = new Past()
  past.keep('12.1.0')
})
afterEach(() => past.remove())

function ended(special: object = {}): ChangeResult {
  const result = {
    result: 'done',
    calledFor: 'rollout',
    plan,
    run: 'r1',
    milliseconds: 0,
    nodes: [],
    left: [],
    ...special,
  }
  return {cut: new Map(), hooksFailed: [], sights: {timeline: []}, ...result} as unknown as ChangeResult
}

/** A rollout to 12.1.1 by an engine that answers as told; keeps what was asked of it. */
function trial(...answers: readonly (ChangeResult | Error)[]) {
  return trialAfter([], ...answers)
}

function trialAfter(later: readonly PastRun[], ...answers: readonly (ChangeResult | Error)[]) {
  const {cluster, ports} = past.after({from: '12.1.0', to: '12.1.1'}, ...later)
  const asked: ChangeRequest[] = []
  const told: string[] = []
  const request = {
    ...{verb: 'rollout', calledFor: 'rollout', cluster, material: MATERIAL, saved: {plan}, limit: new Set(['gf1'])},
    ...{writesVersion: true, dryRun: false, takeOver: [], acceptLoss: false, lockWaitSeconds: 0, reason: 'gha rollout'},
    tries: {seconds: 60, over: () => told.push('over')},
    stopRequested: () => false,
    progress: ({type}: ProgressEvent) => told.push(type),
    record: () => undefined,
    confirm: async () => false,
  } as unknown as ChangeRequest
  const work = tryChange(request, ports, async wanted => {
    const answer = answers[asked.length]
    asked.push(wanted)
    if (!answer || answer instanceof Error) throw answer ?? new Error('unexpected change')
    return answer
  })
  return {work, asked, told}
}

describe('a change that nobody confirmed', () => {
  it('is undone: to the release from before, on every node, gha.yaml too, asking nobody', async () => {
    const {work, asked, told} = trial(ended({tried: UNCONFIRMED}), ended({run: 'r2'}))
    const result = await work
    const [, back] = asked
    expect(result).toMatchObject({run: 'r1', undone: {run: 'r2'}})
    expect(back).toMatchObject({
      calledFor: 'undo',
      writesVersion: true,
      limit: undefined,
      lockWaitSeconds: 60,
      acceptNoRollback: true,
    })
    expect(back && formatVersion(back.cluster.grafana.version)).toBe('12.1.0')
    expect([...(back?.back?.wishes.values() ?? [])].map(({release}) => release.id)).toEqual([
      '12.1.0-old',
      '12.1.0-old',
    ])
    expect(await back?.confirm({} as never)).toBe(true)
    expect(back?.record).toBe(asked[0]?.record)
    expect(back).not.toHaveProperty('tries')
    expect(back).not.toHaveProperty('saved')
    expect(told).toEqual(['over', 'note'])
    expect(changeExit(result)).toBe('reverted')
    expect(changeText(result)).toContain('It was on trial and is undone: nobody confirmed it in time.')
  })

  it('exits as partial when the way back ends otherwise', async () => {
    const {work} = trial(ended({tried: UNCONFIRMED}), ended({run: 'r2', result: 'stopped'}))
    expect(changeExit(await work)).toBe('partial')
  })

  it('says what keeps the way back from beginning, with the next command', async () => {
    const held = new GhaError('bob holds the lock', {code: 'LOCK_HELD', exit: 'locked', node: 'gf2'})
    const {work} = trial(ended({tried: UNCONFIRMED}), held)
    await expect(work).rejects.toMatchObject({
      code: 'TRY_NOT_UNDONE',
      exit: 'partial',
      node: 'gf2',
      message: 'it was not confirmed, and going back failed: bob holds the lock',
      hint: expect.stringContaining('gha rollout undo'),
    })
  })

  it('is left alone when another run has changed the cluster since', async () => {
    const {work, asked} = trial(ended({run: 'r0', tried: UNCONFIRMED}))
    await expect(work).rejects.toMatchObject({
      code: 'TRY_NOT_UNDONE',
      message: expect.stringContaining('run r1 has changed the cluster since'),
    })
    expect(asked).toHaveLength(1)
  })

  it('is left alone when somebody has begun to undo it since', async () => {
    const undo = {from: '12.1.1', to: '12.1.0', verb: 'undo', cut: true} as const
    const {work} = trialAfter([undo], ended({tried: UNCONFIRMED}))
    await expect(work).rejects.toMatchObject({
      code: 'TRY_NOT_UNDONE',
      message: expect.stringContaining('run r2 has changed the cluster since'),
    })
  })

  it('hides no bug behind the way back', async () => {
    const bug = new TypeError('x is undefined')
    await expect(trial(ended({tried: UNCONFIRMED}), bug).work).rejects.toBe(bug)
  })
})

describe('a change that is not to be undone', () => {
  it.each([
    ['was confirmed', ended({tried: {kept: true, why: 'confirmed by bob@lap'}})],
    ['stopped on its way', ended({result: 'stopped'})],
    ['had nothing to do', {result: 'as-wished', calledFor: 'rollout', plan} as const],
  ])('stays as it is: it %s', async (_why, result) => {
    const {work, asked, told} = trial(result)
    expect(await work).toEqual(result)
    expect(asked).toHaveLength(1)
    expect(told).toEqual([])
  })
})
