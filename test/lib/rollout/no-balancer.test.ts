import {describe, expect, it} from 'vitest'
import type {Cluster} from '../../../src/lib/model/cluster.ts'
import type {NodePlan} from '../../../src/lib/plan/plan.ts'
import {execute} from '../../../src/lib/rollout/execute.ts'
import type {Run} from '../../../src/lib/rollout/run.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {NEW, OLD, RolloutWorld, type Versions} from '../../support/rollout-world.ts'

const PROBE = {url: 'http://grafana.example.com/', intervalMilliseconds: 250, errorBudget: 0.02, soakSeconds: 20}
const WINDOW = {old: '12.3.0', new: '12.4.0'}

/** Nobody stands in front of these nodes that gha could tell anything. */
function unbalanced(rollout: Partial<Cluster['rollout']> = {}, range: Versions = {old: OLD, new: NEW}): RolloutWorld {
  const {old} = range
  return new RolloutWorld({gf1: old, gf2: old, gf3: old}, rollout, {range, loadBalancer: {type: 'none'}})
}

async function rollout(world: RolloutWorld, given: Partial<Run> = {}) {
  return execute(world.run(await planFor(world), given))
}

const kinds = ({steps}: NodePlan) => steps.map(({kind}) => kind)

describe('a rollout where nothing balances', () => {
  it('lets every node stay healthy as long as anywhere else, and be watched, and drains nobody', async () => {
    const {waves} = await planFor(unbalanced({minHealthySeconds: 45, probe: PROBE}))
    for (const plan of waves.flat()) {
      expect(kinds(plan)).toEqual(['arm', 'activate', 'gate', 'disarm', 'undrain', 'soak'])
      expect(plan.steps).toContainEqual(expect.objectContaining({kind: 'gate', healthySeconds: 45}))
    }
  })

  it('gives all back where the first node fails, and looks at its old release', async () => {
    const world = unbalanced()
    world.sick = (_node, version) => version === NEW
    const began = world.clock.now()
    const [first, ...others] = await rollout(world)
    expect(first).toMatchObject({step: 'gate', aftermath: {state: 'restored'}})
    expect(others.map(({result}) => result)).toEqual(['not-begun', 'not-begun'])
    expect(world.effects.slice(-2)).toEqual(['gf1 revert', 'gf1 mark as serving'])
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
    const looks = world.cluster.rollout.healthyDeadlineSeconds + 10
    expect(world.clock.now() - began).toBeGreaterThan(looks * 1000)
  })

  it('holds a node out whose old release is not healthy either', async () => {
    const world = unbalanced()
    world.sick = node => node === 'gf1'
    const [first] = await rollout(world)
    expect(first).toMatchObject({aftermath: {state: 'held-out', reason: expect.stringContaining('not healthy within')}})
    expect(world.seen()[0]).toContain('out by r1')
  })

  it('goes past as many failed nodes as the policy says', async () => {
    const world = unbalanced({maxFailed: 1})
    world.sick = (node, version) => node === 'gf2' && version === NEW
    expect((await rollout(world)).map(({result}) => result)).toEqual(['done', 'failed', 'done'])
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 in', 'gf3 12.1.0 in'])
  })

  it.each(['arm', 'activate'])('gives a node back that failed at %s', async what => {
    const world = unbalanced()
    let times = 0
    world.before = effect => {
      if (effect === `gf1 ${what}` && times++ === 0) throw new Error('no')
    }
    const [first] = await rollout(world)
    expect(first).toMatchObject({step: what, aftermath: {state: 'restored'}})
    expect(world.seen()[0]).toBe('gf1 12.0.0 in')
  })

  it('says how long nobody served where one node migrated alone', async () => {
    const world = unbalanced({}, WINDOW)
    const notes: string[] = []
    const done = await rollout(world, {
      progress: event => {
        if (event.type === 'note') notes.push(event.text)
      },
    })
    expect(done.map(({result}) => result)).toEqual(['done', 'done', 'done'])
    expect(notes).toContainEqual(expect.stringMatching(/^the maintenance window is over: nobody served for \d/))
  })

  it('gives back whoever could not be stopped for a node that migrates alone', async () => {
    const world = unbalanced({}, WINDOW)
    let times = 0
    world.before = effect => {
      if (effect === 'gf2 arm' && times++ === 0) throw new Error('no')
    }
    const failed = (await rollout(world)).filter(({result}) => result === 'failed')
    expect(failed).toMatchObject([{node: 'gf2', step: 'arm', aftermath: {state: 'restored'}}])
    expect(world.seen()).toEqual(['gf1 12.3.0 in', 'gf2 12.3.0 in', 'gf3 12.3.0 in'])
  })
})
