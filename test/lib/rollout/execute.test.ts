import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {budgetOf} from '../../../src/lib/plan/budget.ts'
import {isEmpty, nodesOf, type Plan} from '../../../src/lib/plan/plan.ts'
import {inTurn} from '../../../src/lib/rollout/balancer-in-turn.ts'
import {execute} from '../../../src/lib/rollout/execute.ts'
import type {NodeOutcome} from '../../../src/lib/rollout/node-outcome.ts'
import type {Run} from '../../../src/lib/rollout/run.ts'
import {aLock} from '../../support/a-lock.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {NEW, OLD, RolloutWorld} from '../../support/rollout-world.ts'

const THREE = {gf1: OLD, gf2: OLD, gf3: OLD}
/** From the moment at which Grafana is seen to have migrated. */
const COUNT = 'let the dead man count'
const ALL_DONE = ['gf1 12.1.0 in', 'gf2 12.1.0 in', 'gf3 12.1.0 in']

async function rollout(world: RolloutWorld, given: Partial<Run> = {}): Promise<readonly NodeOutcome[]> {
  return execute(world.run(await planFor(world), given))
}

const results = (outcomes: readonly NodeOutcome[]) => outcomes.map(({node, result}) => `${node} ${result}`)

function failing(code: string, node: string): GhaError {
  return new GhaError(`no ${code}`, {code, exit: 'partial', node})
}

/** Lets the world fail once, at that effect. */
function failAt(world: RolloutWorld, effect: string, error: Error): void {
  world.before = next => {
    if (next !== effect) return
    world.before = () => undefined
    throw error
  }
}

describe('a rollout', () => {
  it('takes one node after the other, each through all its steps', async () => {
    const world = new RolloutWorld({gf1: OLD, gf2: OLD})
    expect(results(await rollout(world))).toEqual(['gf1 done', 'gf2 done'])
    expect(world.effects).toEqual(
      ['gf1', 'gf2'].flatMap(name =>
        ['arm', 'drain', 'out', 'activate', COUNT, 'disarm', 'in', 'mark as serving'].map(what => `${name} ${what}`),
      ),
    )
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.1.0 in'])
  })

  it('gives a node back as it was where a plugin is gone after the swap', async () => {
    const world = new RolloutWorld(THREE)
    world.plugins = (node, version) => (node === 'gf2' && version === NEW ? [] : [{id: 'clock', info: {version: '1'}}])
    const outcomes = await rollout(world)
    expect(results(outcomes)).toEqual(['gf1 done', 'gf2 failed', 'gf3 not-begun'])
    expect(outcomes[1]).toMatchObject({
      error: {message: 'not healthy within 30 s: grafana/plugins: clock is gone'},
      aftermath: {state: 'restored'},
    })
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
  })

  it('gives a node back as it was where nobody can log in after the swap', async () => {
    const world = new RolloutWorld(THREE)
    world.brokenLogin = (node, version) => node === 'gf1' && version === NEW
    expect((await rollout(world))[0]).toMatchObject({result: 'failed', aftermath: {state: 'restored'}})
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
  })

  it('leaves nothing to do', async () => {
    const world = new RolloutWorld(THREE)
    await rollout(world)
    expect(isEmpty(await planFor(world))).toBe(true)
  })

  it('writes each step down before it and after it', async () => {
    const world = new RolloutWorld({gf1: OLD})
    await rollout(world)
    const steps = ['may-it-go', 'arm', 'drain', 'activate', 'gate', 'disarm', 'undrain']
    expect(world.journal).toEqual(steps.flatMap(step => [`gf1 step-started ${step}`, `gf1 step-done ${step}`]))
  })

  it('does nothing that is not written down', async () => {
    const world = new RolloutWorld({gf1: OLD})
    world.before = effect => {
      expect(world.journal.at(-1), effect).toMatch(/^gf1 step-started/)
    }
    await rollout(world)
    expect(world.effects).toHaveLength(8)
  })

  it('touches no node while another one does not serve', async () => {
    const world = new RolloutWorld(THREE)
    world.machine('gf3').server = 'down'
    const plan = await planFor(world)
    const serving = plan.waves.filter(([first]) => first?.node !== 'gf3')
    const [outcome] = await execute(world.run({...plan, waves: serving}))
    expect(outcome).toMatchObject({step: 'may-it-go', aftermath: {state: 'restored'}})
    expect(world.effects).toEqual([])
  })
})

describe('a step that fails', () => {
  it('gives back a node that could not be drained, and begins no other', async () => {
    const world = new RolloutWorld(THREE)
    failAt(world, 'gf1 drain', failing('BALANCER_SILENT', 'lb1'))
    const outcomes = await rollout(world)
    expect(results(outcomes)).toEqual(['gf1 failed', 'gf2 not-begun', 'gf3 not-begun'])
    expect(outcomes[0]).toMatchObject({step: 'drain', aftermath: {state: 'restored'}})
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
    expect(world.journal).toContain('gf1 step-failed drain')
  })

  it('takes a node back that is not healthy on its new release', async () => {
    const world = new RolloutWorld(THREE)
    world.sick = (node, version) => node === 'gf2' && version === NEW
    const outcomes = await rollout(world)
    expect(results(outcomes)).toEqual(['gf1 done', 'gf2 failed', 'gf3 not-begun'])
    expect(outcomes[1]).toMatchObject({
      step: 'gate',
      error: {code: 'NOT_HEALTHY', message: expect.stringContaining('grafana/health')},
      aftermath: {state: 'restored'},
    })
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
    const back = ['revert', 'undrain'].flatMap(step => [`gf2 step-started ${step}`, `gf2 step-done ${step}`])
    expect(world.journal.slice(-5)).toEqual(['gf2 step-failed gate', ...back])
  })

  it('takes a node back whose swap failed', async () => {
    const world = new RolloutWorld(THREE)
    failAt(world, 'gf1 activate', failing('SCRIPT_FAILED', 'gf1'))
    expect((await rollout(world))[0]).toMatchObject({step: 'activate', aftermath: {state: 'restored'}})
    expect(world.effects.filter(effect => effect.startsWith('gf1'))).toEqual(
      ['arm', 'drain', 'out', 'revert', 'in', 'mark as serving'].map(what => `gf1 ${what}`),
    )
  })

  it('holds a node out that is not healthy on its old release either', async () => {
    const world = new RolloutWorld(THREE)
    world.sick = node => node === 'gf1' && world.effects.includes('gf1 activate')
    const [outcome] = await rollout(world)
    expect(outcome).toMatchObject({
      aftermath: {state: 'held-out', reason: expect.stringContaining('not healthy within 120 s')},
    })
    expect(world.seen()[0]).toBe('gf1 12.0.0 out out by r1')
  })

  it.each([
    {why: 'gha.yaml says so', policy: {autoRevert: false}, wayBack: true, reason: '`autoRevert: false`'},
    {why: 'there is no way back', policy: {}, wayBack: false, reason: 'there is no release to go back to'},
  ])('holds a node out on its new release where $why', async ({policy, wayBack, reason}) => {
    const world = new RolloutWorld(THREE, policy)
    world.sick = (_node, version) => version === NEW
    const [outcome] = await rollout(world, {staged: new Map([['gf1', {previous: OLD, wayBack}]])})
    expect(outcome).toMatchObject({aftermath: {state: 'held-out', reason: expect.stringContaining(reason)}})
    await world.leaveAlone(24 * 3600_000)
    expect(world.seen()[0]).toBe('gf1 12.1.0 out out by r1')
    expect(world.effects).not.toContain('gf1 revert')
  })

  it('stays on its new release where gha.yaml says so since an earlier run has armed it', async () => {
    const world = new RolloutWorld(THREE, {}, {range: {old: '12.1.0', new: '12.1.1'}})
    for (const machine of world.machines.values()) machine.version = '12.1.0'
    failAt(world, 'gf1 disarm', failing('HOST_LOST', 'gf1'))
    await rollout(world)
    expect(world.seen()[0]).toBe('gf1 12.1.1 out out by r1 armed')
    world.sick = (_node, version) => version === '12.1.1'
    const plan = await planFor(world)
    const {cluster, ...run} = world.run(plan)
    const held = {...cluster, rollout: {...cluster.rollout, autoRevert: false}}
    const [outcome] = await execute({...run, cluster: held})
    expect(outcome).toMatchObject({aftermath: {state: 'held-out', reason: expect.stringContaining('autoRevert')}})
    await world.leaveAlone(24 * 3600_000)
    expect(world.seen()[0]).toBe('gf1 12.1.1 out out by r1')
  })

  it('never goes back over such a migration of an earlier run either: its dead man is armed for nothing', async () => {
    const world = new RolloutWorld({gf1: undefined, gf2: '12.4.0'}, {}, {range: {old: '12.3.0', new: '12.4.0'}})
    world.sick = node => node === 'gf1'
    const staged = new Map([['gf1', {previous: '12.3.0-x', wayBack: true, overMigration: true as const}]])
    const [outcome] = await rollout(world, {staged})
    expect(outcome).toMatchObject({node: 'gf1', aftermath: {state: 'held-out'}})
    expect(world.effects.filter(effect => /revert|dead man/.test(effect))).toEqual([])
    expect(world.machine('gf1').deadMan.words).toBe('')
    await world.leaveAlone(3_600_000)
    expect(world.machine('gf1').version).toBe('12.4.0')
  })

  it('never goes back over a migration of a single writer', async () => {
    const world = new RolloutWorld(THREE)
    world.sick = (_node, version) => version === NEW
    const plan = await planFor(world)
    const [outcome] = await execute(
      world.run({...plan, step: {kind: 'single-writer', reason: 'a migration'}} as unknown as Plan),
    )
    expect(outcome).toMatchObject({aftermath: {state: 'held-out', reason: expect.stringContaining('restore')}})
    expect(world.effects).not.toContain('gf1 revert')
  })

  it('holds a node out whose way back fails too', async () => {
    const world = new RolloutWorld(THREE)
    world.sick = (_node, version) => version === NEW
    failAt(world, 'gf1 revert', failing('SCRIPT_FAILED', 'gf1'))
    expect((await rollout(world))[0]).toMatchObject({aftermath: {state: 'held-out', reason: 'no SCRIPT_FAILED'}})
    expect(world.journal.slice(-2)).toEqual(['gf1 step-started revert', 'gf1 step-failed revert'])
  })

  it.each(['gf1 drain', 'gf1 activate'])('gives nothing back after %s that is not written down', async effect => {
    const world = new RolloutWorld(THREE)
    let failed = false
    world.before = next => {
      expect(world.journal.at(-1), next).toMatch(/^gf1 step-started/)
      if (failed || next !== effect) return
      failed = true
      throw failing('BALANCER_SILENT', 'lb1')
    }
    expect((await rollout(world))[0]).toMatchObject({aftermath: {state: 'restored'}})
    expect(world.journal.at(-1)).toBe('gf1 step-done undrain')
  })

  it('leaves a healthy node on its new release when the balancer does not take it back', async () => {
    const world = new RolloutWorld(THREE)
    world.before = effect => {
      if (effect === 'gf1 in') throw failing('BALANCER_SILENT', 'lb1')
    }
    expect((await rollout(world))[0]).toMatchObject({step: 'undrain', aftermath: {state: 'held-out'}})
    expect(world.seen()).toEqual(['gf1 12.1.0 out out by r1', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
  })

  it.each(['HOST_LOST', 'HOST_BUSY', 'SCRIPT_FAILED'])(
    'says that a node serves which the balancer has taken back, and %s kept from being marked so',
    async code => {
      const world = new RolloutWorld(THREE)
      world.before = effect => {
        if (effect === 'gf1 mark as serving') throw failing(code, 'gf1')
      }
      const [outcome] = await rollout(world)
      expect(outcome).toMatchObject({step: 'undrain', aftermath: {state: 'kept', reason: `no ${code}`}})
      expect(world.seen()[0]).toBe('gf1 12.1.0 in out by r1')
      world.before = () => undefined
      await rollout(world)
      expect(world.seen()).toEqual(ALL_DONE)
    },
  )

  it.each(['HOST_LOST', 'HOST_UNREACHABLE'])(
    'says of a node that %s kept from being marked that nobody took it out',
    async code => {
      const world = new RolloutWorld(THREE)
      failAt(world, 'gf1 arm', failing(code, 'gf1'))
      const outcomes = await rollout(world)
      expect(outcomes[0]).toMatchObject({step: 'arm', aftermath: {state: 'left-in'}})
      expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
    },
  )

  it('waits for another script of gha that is at work on the node, says so once, and goes on', async () => {
    const world = new RolloutWorld(THREE)
    let busyTimes = 3
    world.before = effect => {
      if (effect === 'gf2 activate' && busyTimes-- > 0) throw failing('HOST_BUSY', 'gf2')
    }
    const said: string[] = []
    const progress: Run['progress'] = event => {
      if (event.type === 'note') said.push(event.text)
    }
    expect(results(await rollout(world, {progress}))).toEqual(['gf1 done', 'gf2 done', 'gf3 done'])
    expect(said).toEqual(['gf2: waiting for another script of gha that is at work there'])
    expect(world.seen()).toEqual(ALL_DONE)
  })

  it('waits no longer than ten minutes for it, and loses no lock meanwhile without noticing', async () => {
    const world = new RolloutWorld(THREE)
    const began = world.clock.now()
    const lost = () => (world.clock.now() - began > 300_000 ? 'another run took the lock over' : undefined)
    world.before = effect => {
      if (effect === 'gf1 arm') throw failing('HOST_BUSY', 'gf1')
    }
    const [outcome] = await rollout(world)
    expect(outcome).toMatchObject({error: {code: 'HOST_BUSY'}, aftermath: {state: 'left-in'}})
    expect(world.clock.now() - began).toBe(600_000)
    const [cut] = await rollout(world, {lock: aLock({lost})})
    expect(cut).toMatchObject({error: {code: 'LOCK_LOST'}})
  })

  it('takes out no node that had to wait until another serves no more', async () => {
    const world = new RolloutWorld(THREE)
    let busyTimes = 6
    world.before = effect => {
      if (effect !== 'gf2 arm' || busyTimes-- <= 0) return
      world.machine('gf3').server = 'down'
      throw failing('HOST_BUSY', 'gf2')
    }
    const outcomes = await rollout(world)
    expect(results(outcomes)).toEqual(['gf1 done', 'gf2 failed', 'gf3 not-begun'])
    expect(outcomes[1]).toMatchObject({
      step: 'drain',
      error: {code: 'NOT_SAFE_TO_DRAIN', message: expect.stringContaining('gf3 does not serve')},
      aftermath: {state: 'restored'},
    })
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 down'])
    expect(world.effects).not.toContain('gf2 drain')
  })

  it.each(['HOST_LOST', 'HOST_DEADLINE', 'FENCED'])('changes nothing more after %s', async code => {
    const world = new RolloutWorld(THREE)
    failAt(world, 'gf1 activate', failing(code, 'gf1'))
    expect((await rollout(world))[0]).toMatchObject({aftermath: {state: 'held-out'}})
    expect(world.effects).toEqual(['gf1 arm', 'gf1 drain', 'gf1 out'])
  })
})

describe('a run that loses its lock', () => {
  it.each(['arm', 'drain', 'out', 'activate', 'disarm'])(
    'after %s changes nothing more, at the balancer neither',
    async last => {
      const world = new RolloutWorld(THREE)
      const lost = () => (world.effects.includes(`gf1 ${last}`) ? 'another run took the lock over' : undefined)
      const outcomes = await rollout(world, {
        lock: aLock({lost}),
      })
      const state = last === 'arm' ? 'left-in' : 'held-out'
      expect(outcomes[0]).toMatchObject({error: {code: 'LOCK_LOST'}, aftermath: {state}})
      expect(results(outcomes).slice(1)).toEqual(['gf2 not-begun', 'gf3 not-begun'])
      expect(world.effects.at(-1)).toBe(`gf1 ${last}`)
    },
  )

  it('while a node goes back does not tell the balancer to send to it', async () => {
    const world = new RolloutWorld(THREE)
    world.sick = (_node, version) => version === NEW
    const lost = () => (world.effects.includes('gf1 revert') ? 'another run took the lock over' : undefined)
    const [outcome] = await rollout(world, {lock: aLock({lost})})
    expect(outcome).toMatchObject({aftermath: {state: 'held-out', reason: 'another run took the lock over'}})
    expect(world.effects.at(-1)).toBe('gf1 revert')
  })

  it('while it sleeps in a drain finds out before it says another word to the balancer', async () => {
    const world = new RolloutWorld(THREE)
    let [asleep, heard]: [boolean, string | undefined] = [false, undefined]
    world.before = effect => {
      asleep = effect === 'gf1 drain'
    }
    const renew = async () => {
      if (asleep) heard = 'another run took the lock over on gf1'
    }
    const lock = aLock({renew, lost: () => heard, unheard: () => (asleep ? 600_000 : 0)})
    expect((await rollout(world, {lock}))[0]).toMatchObject({
      step: 'drain',
      error: {code: 'LOCK_LOST', message: 'another run took the lock over on gf1'},
    })
    expect(world.effects).toEqual(['gf1 arm', 'gf1 drain'])
  })
})

describe('a run that is refused its lock', () => {
  const WHY = 'another run took the lock over on gf1'
  /** From the moment at which that step begins on gf1. */
  const lostAt = (name: string): Partial<Run> => {
    const lock = aLock()
    const append: Run['journal']['append'] = async ({type, step, node}) => {
      if (type === 'step-started' && step === name && node === 'gf1') lock.giveUp(WHY)
    }
    return {lock, journal: {append}}
  }

  it('before the first word to the balancer says that nobody took the node out', async () => {
    const world = new RolloutWorld(THREE)
    const [outcome] = await rollout(world, lostAt('drain'))
    expect(outcome).toMatchObject({
      step: 'drain',
      error: {code: 'LOCK_LOST'},
      aftermath: {state: 'left-in', reason: WHY},
    })
    expect(world.effects.at(-1)).toBe('gf1 arm')
    expect(world.seen()[0]).toBe('gf1 12.0.0 in out by r1 armed')
  })

  it('says that the node is held out where the balancer does not answer either', async () => {
    const world = new RolloutWorld(THREE)
    const run = world.run(await planFor(world), lostAt('drain'))
    const status = async () => {
      if (run.lock.lost() !== undefined) throw new Error('silent')
      return run.balancer.status()
    }
    const [outcome] = await execute({...run, balancer: {...inTurn(run.balancer), status}})
    expect(outcome).toMatchObject({step: 'drain', aftermath: {state: 'held-out'}})
  })
})

describe('a run that was frozen until the dead man had acted', () => {
  /** For an hour between the gate and the disarming, as by Ctrl-Z. */
  const frozen = (world: RolloutWorld): Run['journal'] => ({
    append: async ({type, step, node}) => {
      if (type === 'step-started' && step === 'disarm' && node === 'gf1') await world.leaveAlone(3600_000)
    },
  })

  it('confirms nothing, and leaves the node out on its old release', async () => {
    const world = new RolloutWorld(THREE)
    const outcomes = await rollout(world, {journal: frozen(world)})
    expect(outcomes[0]).toMatchObject({
      step: 'disarm',
      error: {code: 'DEAD_MAN_ACTED', hint: expect.stringContaining('the same command')},
      aftermath: {state: 'held-out', reason: expect.stringContaining('put the old release back')},
    })
    expect(results(outcomes).slice(1)).toEqual(['gf2 not-begun', 'gf3 not-begun'])
    expect(world.effects.at(-1)).toBe('gf1 dead man')
    expect(world.seen()[0]).toBe('gf1 12.0.0 out out by r1')
    await rollout(world)
    expect(world.seen()).toEqual(ALL_DONE)
  })

  it('confirms nothing of what an earlier run has swapped either', async () => {
    const world = new RolloutWorld(THREE)
    failAt(world, 'gf1 disarm', failing('HOST_LOST', 'gf1'))
    await rollout(world)
    expect(world.seen()[0]).toBe('gf1 12.1.0 out out by r1 armed')
    const [outcome] = await rollout(world, {journal: frozen(world)})
    expect(outcome).toMatchObject({step: 'disarm', error: {code: 'DEAD_MAN_ACTED'}, aftermath: {state: 'held-out'}})
    expect(world.seen()[0]).toBe('gf1 12.0.0 out out by r1')
  })
})

describe('a node that an operator has drained', () => {
  const drained = () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD, gf3: NEW})
    Object.assign(world.machine('gf2'), {server: 'out', drained: 'by=ann@desk\nforSeconds=1800\n'})
    return world
  }

  it('is brought to the new release and stays drained', async () => {
    const world = drained()
    expect(results(await rollout(world))).toEqual(['gf2 done'])
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.1.0 out drained', 'gf3 12.1.0 in'])
    expect(isEmpty(await planFor(world))).toBe(true)
  })

  it('stays drained, and is not held out, when it goes back to its old release', async () => {
    const world = drained()
    world.sick = (_, version) => version === NEW
    expect((await rollout(world))[0]).toMatchObject({aftermath: {state: 'restored'}})
    expect(world.seen()[1]).toBe('gf2 12.0.0 out drained')
  })

  it('stays out as well when it was drained by hand at the balancer', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD, gf3: NEW})
    world.machine('gf2').server = 'out'
    await rollout(world)
    expect(world.seen()[1]).toBe('gf2 12.1.0 out')
  })

  it('stays out as well when it was only drained by hand, with no word of a run', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD, gf3: NEW})
    world.machine('gf2').server = 'drain'
    await rollout(world)
    expect(world.effects).not.toContain('gf2 in')
    expect(world.seen()[1]).toBe('gf2 12.1.0 out')
  })

  it('is brought back when it was a run that drained it, and was killed', async () => {
    const world = new RolloutWorld({gf1: NEW, gf2: OLD, gf3: NEW})
    Object.assign(world.machine('gf2'), {server: 'drain', out: 'r7'})
    await rollout(world)
    expect(world.seen()[1]).toBe('gf2 12.1.0 in')
  })

  it('keeps every other from going', async () => {
    const world = drained()
    world.machine('gf1').version = OLD
    const outcomes = await rollout(world)
    expect(results(outcomes)).toEqual(['gf2 done', 'gf1 failed'])
    expect(outcomes[1]).toMatchObject({step: 'may-it-go', error: {code: 'NOT_SAFE_TO_DRAIN'}})
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.1.0 out drained', 'gf3 12.1.0 in'])
  })
})

describe('Ctrl-C', () => {
  it('lets the node under way finish, and begins no other', async () => {
    const world = new RolloutWorld(THREE)
    const outcomes = await rollout(world, {stopRequested: () => world.effects.includes('gf2 drain')})
    expect(results(outcomes)).toEqual(['gf1 done', 'gf2 done', 'gf3 not-begun'])
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.1.0 in', 'gf3 12.0.0 in'])
  })

  it('before the first node changes nothing', async () => {
    const world = new RolloutWorld(THREE)
    const outcomes = await rollout(world, {stopRequested: () => true})
    expect(results(outcomes)).toEqual(['gf1 not-begun', 'gf2 not-begun', 'gf3 not-begun'])
    expect([...world.effects, ...world.journal]).toEqual([])
  })
})

describe('the nodes of one wave', () => {
  it('finish their turn when one of them fails, and the next wave does not begin', async () => {
    const world = new RolloutWorld({gf1: undefined, gf2: undefined, gf3: OLD})
    failAt(world, 'gf1 activate', failing('HOST_LOST', 'gf1'))
    const plan = await planFor(world)
    expect(plan.waves.map(wave => wave.map(({node}) => node))).toEqual([['gf1', 'gf2'], ['gf3']])
    expect(results(await execute(world.run(plan)))).toEqual(['gf1 failed', 'gf2 done', 'gf3 not-begun'])
  })

  it('start their Grafanas one by one: the next waits until the one before answers', async () => {
    const world = new RolloutWorld({gf1: undefined, gf2: undefined})
    const plan = await planFor(world, {verb: 'apply'})
    const planned = world.http.asked.length
    const askedMeanwhile: string[] = []
    world.before = effect => {
      if (effect === 'gf2 activate') askedMeanwhile.push(...world.http.asked.slice(planned))
    }
    await execute(world.run(plan))
    expect(world.effects.filter(effect => effect.endsWith('activate'))).toEqual(['gf1 activate', 'gf2 activate'])
    expect(askedMeanwhile).toEqual(expect.arrayContaining(['gf1 /api/health']))
  })
})

describe('a wave of serving nodes', () => {
  const FOUR = {gf1: OLD, gf2: OLD, gf3: OLD, gf4: OLD}
  const pair = {maxParallel: {unit: 'nodes', amount: 2}, minHealthySeconds: 10} as const

  it('is drained together and started one by one', async () => {
    const world = new RolloutWorld({...FOUR, gf5: NEW}, pair)
    await rollout(world)
    expect(world.seen().every(words => words.endsWith('12.1.0 in'))).toBe(true)
    const of = (what: string) => world.effects.filter(effect => effect.endsWith(what))
    expect(of('drain')).toEqual(['gf1 drain', 'gf2 drain', 'gf3 drain', 'gf4 drain'])
    expect(world.effects.indexOf('gf2 drain')).toBeLessThan(world.effects.indexOf('gf1 activate'))
    expect(world.effects.indexOf('gf3 drain')).toBeGreaterThan(world.effects.indexOf('gf2 in'))
  })

  it('that was cut in its drain is brought back node by node', async () => {
    const world = new RolloutWorld({...FOUR, gf5: NEW}, pair)
    world.before = effect => {
      if (/ (out|activate|revert|in)$/.test(effect)) throw failing('HOST_LOST', effect.slice(0, 3))
    }
    await rollout(world)
    expect(world.seen().slice(0, 2)).toEqual(['gf1 12.0.0 drain out by r1 armed', 'gf2 12.0.0 drain out by r1 armed'])
    world.before = () => undefined
    expect((await rollout(world)).every(({result}) => result === 'done')).toBe(true)
    expect(world.seen().every(words => words.endsWith('12.1.0 in'))).toBe(true)
  })

  it('never takes more away than the budget, nor from two zones, nor the last of a zone; and leaves nothing to do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(OLD, NEW), fc.constantFrom('a', 'b')), {minLength: 2, maxLength: 7}),
        fc.oneof(
          fc.record({unit: fc.constant('nodes' as const), amount: fc.integer({min: 1, max: 8})}),
          fc.record({unit: fc.constant('percent' as const), amount: fc.integer({min: 1, max: 100})}),
        ),
        async (nodes, maxParallel) => {
          const named = nodes.map(([version, zone], place) => ({name: `gf${place}`, version, zone}))
          const zones = Object.fromEntries(named.map(({name, zone}) => [name, zone]))
          const versions = Object.fromEntries(named.map(({name, version}) => [name, version]))
          const world = new RolloutWorld(versions, {maxParallel}, {zones})
          world.before = () => {
            const away = named.filter(({name}) => world.machine(name).server !== 'in')
            expect(away.length).toBeLessThanOrEqual(budgetOf(maxParallel, named.length))
            expect(new Set(away.map(({zone}) => zone)).size).toBeLessThanOrEqual(1)
            const zone = named.filter(node => node.zone === away[0]?.zone)
            if (zone.length > 1) expect(away.length).toBeLessThan(zone.length)
          }
          const outcomes = await rollout(world)
          expect(outcomes.every(({result}) => result === 'done')).toBe(true)
          expect(isEmpty(await planFor(world))).toBe(true)
        },
      ),
      {numRuns: 60},
    )
  })
})

const someFiles = fc.dictionary(fc.constantFrom('/etc/a', '/etc/b', '/etc/c'), fc.constantFrom('one', 'two'))

describe('the files of a rollout', () => {
  it('are changed where its plan says so and nowhere else; and nothing is left to do', async () => {
    const node = fc.record({version: fc.constantFrom(OLD, NEW), release: someFiles, files: someFiles})
    await fc.assert(
      fc.asyncProperty(fc.array(node, {minLength: 2, maxLength: 3}), someFiles, async (nodes, wished) => {
        const named = nodes.map((special, place) => ({name: `gf${place}`, ...special}))
        const world = new RolloutWorld(Object.fromEntries(named.map(({name, version}) => [name, version])))
        world.wished = wished
        for (const {name, release, files} of named) Object.assign(world.machine(name), {release, files})
        const plan = await planFor(world)
        await execute(world.run(plan))
        for (const {name, files} of named) {
          const planned = nodesOf(plan).find(each => each.node === name)?.changes ?? []
          const after = world.machine(name).files
          const paths = [...new Set([...Object.keys(files), ...Object.keys(after)])]
          const changed = paths.filter(path => files[path] !== after[path])
          expect(planned.map(({path}) => path).toSorted()).toEqual(changed.toSorted())
        }
        expect(isEmpty(await planFor(world))).toBe(true)
      }),
      {numRuns: 60},
    )
  })
})

describe('a node that failed and went back', () => {
  const sickOnNew = (node: string) => (name: string, version: string) => name === node && version === NEW

  it('is left behind where as many may fail', async () => {
    const world = new RolloutWorld(THREE, {maxFailed: 1})
    world.sick = sickOnNew('gf1')
    expect(results(await rollout(world))).toEqual(['gf1 failed', 'gf2 done', 'gf3 done'])
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.1.0 in', 'gf3 12.1.0 in'])
  })

  it('ends the run as one too many', async () => {
    const world = new RolloutWorld({...THREE, gf4: OLD}, {maxFailed: 1})
    world.sick = (name, version) => name !== 'gf2' && version === NEW
    expect(results(await rollout(world))).toEqual(['gf1 failed', 'gf2 done', 'gf3 failed', 'gf4 not-begun'])
  })

  it('ends the run where it is the canary', async () => {
    const world = new RolloutWorld(THREE, {maxFailed: 2, canary: 'gf2'})
    world.sick = sickOnNew('gf2')
    expect(results(await rollout(world))).toEqual(['gf2 failed', 'gf1 not-begun', 'gf3 not-begun'])
  })

  it('ends the run where it is held out', async () => {
    const world = new RolloutWorld(THREE, {maxFailed: 2, autoRevert: false})
    world.sick = sickOnNew('gf1')
    expect(results(await rollout(world))).toEqual(['gf1 failed', 'gf2 not-begun', 'gf3 not-begun'])
  })
})

describe('a run that is cut off', () => {
  const EFFECTS = 3 * 8

  /** From here on this controller reaches nothing any more. */
  function cutAt(world: RolloutWorld, place: number): void {
    let left = place
    world.before = () => {
      left -= 1
      if (left < 0) throw new Error('the controller is gone')
    }
  }

  it.each(Array.from({length: EFFECTS}, (_, place) => [place]))(
    'after %i effects is finished by the next one, which looks at the world',
    async place => {
      const world = new RolloutWorld(THREE)
      cutAt(world, place)
      await rollout(world)
      expect(world.effects).toHaveLength(place)

      world.before = () => undefined
      const outcomes = await rollout(world)
      expect(outcomes.every(({result}) => result === 'done')).toBe(true)
      expect(world.seen()).toEqual(ALL_DONE)
    },
  )

  it('has that many places', async () => {
    const world = new RolloutWorld(THREE)
    await rollout(world)
    expect(world.effects).toHaveLength(EFFECTS)
  })

  it('first brings back the node that it left out', async () => {
    const world = new RolloutWorld(THREE)
    cutAt(world, 8 + 3)
    await rollout(world)
    expect(world.seen()).toEqual(['gf1 12.1.0 in', 'gf2 12.0.0 out out by r1 armed', 'gf3 12.0.0 in'])
    const plan = await planFor(world)
    expect(plan.waves.map(wave => wave.map(({node}) => node))).toEqual([['gf2'], ['gf3']])
  })

  it('is not swapped again where the swap was through', async () => {
    const world = new RolloutWorld(THREE)
    cutAt(world, 4)
    await rollout(world)
    world.before = () => undefined
    await rollout(world)
    expect(world.effects.filter(effect => effect === 'gf1 activate')).toHaveLength(1)
  })
})
