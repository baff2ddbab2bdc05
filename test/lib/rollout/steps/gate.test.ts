import {describe, expect, it} from 'vitest'
import {versionOf} from '../../../../src/lib/model/version.ts'
import type {Plan} from '../../../../src/lib/plan/plan.ts'
import {untilHealthy} from '../../../../src/lib/rollout/steps/gate.ts'
import {aNode} from '../../../support/a-cluster.ts'
import {NEW, OLD, RolloutWorld} from '../../../support/rollout-world.ts'

interface Wanted {
  readonly checks?: readonly string[]
  readonly healthySeconds?: number
}

/** Holds gf1 to the new release, for at most 60 s. */
function held(world: RolloutWorld, {checks = ['grafana/health'], healthySeconds = 0}: Wanted = {}): Promise<string> {
  const release = {id: `${NEW}-0123456789ab`, version: versionOf(NEW), files: []}
  const gated = {run: world.run({} as Plan), node: aNode({name: 'gf1'}), release}
  return untilHealthy(gated, {checks, healthySeconds, deadlineSeconds: 60})
}

const looks = (world: RolloutWorld) => world.http.asked.filter(call => call === 'gf1 /api/health').length

describe('the gate', () => {
  it('opens after three looks in a row, further apart than Grafana repeats its answer', async () => {
    const world = new RolloutWorld({gf1: NEW})
    await expect(held(world)).resolves.toBe('healthy at 3 looks over 10 s')
    expect(looks(world)).toBe(3)
  })

  it('stays shut until the node was healthy for long enough', async () => {
    await expect(held(new RolloutWorld({gf1: NEW}), {healthySeconds: 45})).resolves.toBe(
      'healthy at 10 looks over 47 s',
    )
  })

  it('counts anew after a look at which the node was not healthy', async () => {
    const world = new RolloutWorld({gf1: NEW})
    world.sick = () => looks(world) === 3
    await expect(held(world)).resolves.toBe('healthy at 3 looks over 10 s')
    expect(looks(world)).toBe(6)
  })

  it('counts anew when another process answers, however well', async () => {
    const world = new RolloutWorld({gf1: NEW})
    world.sick = node => {
      if (looks(world) === 2) world.machine(node).process += 1
      return false
    }
    await expect(held(world)).resolves.toBe('healthy at 3 looks over 10 s')
    expect(looks(world)).toBeGreaterThan(5)
  })

  it('stays shut for another version, and says which', async () => {
    await expect(held(new RolloutWorld({gf1: OLD}))).rejects.toMatchObject({
      code: 'NOT_HEALTHY',
      message: 'not healthy within 60 s: it runs 12.0.0, not 12.1.0',
    })
  })

  it('stays shut while nothing answers: what is unknown is not healthy', async () => {
    await expect(held(new RolloutWorld({gf1: undefined}), {checks: []})).rejects.toMatchObject({
      message: expect.stringContaining('/api/health: nothing listens on its port'),
    })
  })

  it('judges by the checks that it was given, and by the node alone', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: NEW})
    world.sick = () => true
    await expect(held(world, {checks: ['service/running']})).resolves.toMatch(/^healthy/)
    world.sick = node => node === 'gf2'
    await expect(held(world, {checks: ['grafana/health']})).resolves.toMatch(/^healthy/)
  })
})
