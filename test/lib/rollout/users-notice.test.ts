import {describe, expect, it} from 'vitest'
import {versionOf} from '../../../src/lib/model/version.ts'
import type {Plan, Step} from '../../../src/lib/plan/plan.ts'
import {execute} from '../../../src/lib/rollout/execute.ts'
import type {NodeOutcome} from '../../../src/lib/rollout/node-outcome.ts'
import type {Run} from '../../../src/lib/rollout/run.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {NEW, OLD, RolloutWorld} from '../../support/rollout-world.ts'

const STEPS: readonly Step[] = [
  {kind: 'arm', seconds: 60},
  {kind: 'drain', timeoutSeconds: 5},
  {kind: 'activate', seconds: 60},
  {kind: 'gate', checks: [], healthySeconds: 10, deadlineSeconds: 30},
  {kind: 'disarm'},
  {kind: 'undrain'},
  {kind: 'soak', seconds: 10},
]

const PLAN = {
  verb: 'rollout',
  step: {kind: 'none', reason: ''},
  waves: ['gf1', 'gf2', 'gf3'].map(node => [
    {
      node,
      release: {id: 'new', version: versionOf(NEW), files: []},
      interrupts: true,
      reasons: [],
      changes: [],
      seen: new Map(),
      steps: STEPS,
    },
  ]),
} as unknown as Plan

/** Three nodes, and users who begin to notice with that effect. */
function aWorld(effect: string, given: Partial<Run> = {}) {
  const world = new RolloutWorld({gf1: OLD, gf2: OLD, gf3: OLD})
  const watch = {
    spent: () => (world.effects.includes(effect) ? '7 of the last 9 requests were lost' : undefined),
    knowsBefore: async () => undefined,
  }
  return {world, run: () => execute(world.run(PLAN, {watch, ...given}))}
}

const told = (outcomes: readonly NodeOutcome[]) =>
  outcomes.map(outcome =>
    outcome.result === 'failed'
      ? `${outcome.node} failed at ${outcome.step}, ${outcome.aftermath.state}`
      : `${outcome.node} ${outcome.result}`,
  )

describe('a rollout that users notice', () => {
  it('takes a node back at once that was only drained', async () => {
    const {world, run} = aWorld('gf2 drain')
    expect(told(await run())).toEqual(['gf1 done', 'gf2 failed at drain, restored', 'gf3 not-begun'])
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
    expect(world.effects).not.toContain('gf2 activate')
  })

  it('counts a node as away only until it serves, not while it is watched', async () => {
    const away: number[] = []
    const {run} = aWorld('nothing', {progress: event => event.type === 'node-done' && away.push(event.milliseconds)})
    const turns = (await run()).map(outcome => (outcome.result === 'done' ? outcome.milliseconds : 0))
    expect(turns.map((milliseconds, node) => milliseconds - (away[node] ?? 0))).toEqual([10_000, 10_000, 10_000])
  })

  it('brings a node back to its old release from the gate', async () => {
    const {world, run} = aWorld('gf2 activate')
    const outcomes = await run()
    expect(told(outcomes)).toEqual(['gf1 done', 'gf2 failed at gate, restored', 'gf3 not-begun'])
    expect(outcomes[1]).toMatchObject({
      error: {
        code: 'PROBE_BUDGET_SPENT',
        message: expect.stringContaining('7 of the'),
        hint: expect.stringMatching(/then run the same command again\.$/),
      },
    })
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
  })

  it('takes a node out again that serves on its new release, and brings it back on the old one', async () => {
    const {world, run} = aWorld('gf1 mark as serving')
    expect(told(await run())).toEqual(['gf1 failed at soak, restored', 'gf2 not-begun', 'gf3 not-begun'])
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
    expect(world.effects.slice(world.effects.indexOf('gf1 mark as serving') + 1)).toEqual([
      'gf1 arm',
      'gf1 drain',
      'gf1 out',
      'gf1 revert',
      'gf1 in',
      'gf1 mark as serving',
    ])
    const back = ['arm', 'drain', 'revert', 'undrain'].map(step => `gf1 step-done ${step}`)
    expect(world.journal.filter(line => line.includes('step-done')).slice(-4)).toEqual(back)
  })

  it('leaves the node in where no other would serve in its place', async () => {
    const {world, run} = aWorld('gf1 mark as serving')
    world.before = effect => {
      if (effect === 'gf1 mark as serving') world.machine('gf3').server = 'down'
    }
    const outcomes = await run()
    expect(told(outcomes)).toEqual(['gf1 failed at soak, kept', 'gf2 not-begun', 'gf3 not-begun'])
    expect(outcomes[0]).toMatchObject({aftermath: {reason: 'it may not go: gf3 does not serve (lb1: down)'}})
    expect(world.seen()[0]).toBe('gf1 12.1.0 in')
  })

  it.each(['arm', 'drain'])('says that the node serves where the way back could not begin: %s', async last => {
    const {world, run} = aWorld('gf1 mark as serving')
    let times = 0
    world.before = effect => {
      if (effect === `gf1 ${last}` && ++times === 2) throw new Error('no')
    }
    const [outcome] = await run()
    expect(outcome).toMatchObject({step: 'soak', aftermath: {state: 'kept', reason: 'no'}})
    expect(world.seen()[0]).toMatch(/^gf1 12\.1\.0 in/)
  })

  it('holds the node out where its way back ended after the drain', async () => {
    const {world, run} = aWorld('gf1 mark as serving')
    let times = 0
    world.before = effect => {
      if (effect === 'gf1 out' && ++times === 2) throw new Error('no')
    }
    const [outcome] = await run()
    expect(outcome).toMatchObject({step: 'soak', aftermath: {state: 'held-out', reason: 'no'}})
  })

  it('holds the node out where it may not go back', async () => {
    const {world, run} = aWorld('gf1 mark as serving', {staged: new Map()})
    expect(told(await run())[0]).toBe('gf1 failed at soak, held-out')
    expect(world.seen()[0]).toBe('gf1 12.1.0 out out by r1')
  })

  it('begins no other node when it was noticed between two of them', async () => {
    const {world} = aWorld('never')
    let between = false
    const run = world.run(PLAN, {
      watch: {spent: () => (between ? 'late' : undefined), knowsBefore: async () => undefined},
      progress: ({type}) => {
        between ||= type === 'node-done'
      },
    })
    expect(told(await execute(run))).toEqual(['gf1 done', 'gf2 failed at may-it-go, restored', 'gf3 not-begun'])
    expect(world.effects).not.toContain('gf2 arm')
  })

  it('waits for nobody: the same again does what is left, once users are served', async () => {
    const {world, run} = aWorld('gf2 drain')
    await run()
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
    const before = world.effects.length
    const again = world.run(await planFor(world), {watch: {spent: () => undefined, knowsBefore: async () => undefined}})
    expect(told(await execute(again))).toEqual(['gf2 done', 'gf3 done'])
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.1.0 in', 'gf3 12.1.0 in'])
    expect(world.effects.slice(before).filter(effect => effect.startsWith('gf1'))).toEqual([])
  })

  it('lets everybody pass while users notice nothing, watching each node for its time', async () => {
    const {world, run} = aWorld('never')
    const before = world.clock.now()
    expect(told(await run())).toEqual(['gf1 done', 'gf2 done', 'gf3 done'])
    expect(world.clock.now() - before).toBeGreaterThan(30_000)
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.1.0 in', 'gf3 12.1.0 in'])
  })
})
