import {describe, expect, it} from 'vitest'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {given} from '../../../src/lib/model/given.ts'
import {isEmpty} from '../../../src/lib/plan/plan.ts'
import {execute} from '../../../src/lib/rollout/execute.ts'
import {Mail} from '../../../src/lib/rollout/mail.ts'
import type {NodeOutcome} from '../../../src/lib/rollout/node-outcome.ts'
import type {Run} from '../../../src/lib/rollout/run.ts'
import {aLock} from '../../support/a-lock.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {previewOf} from '../../support/rollout-preview.ts'
import {RolloutWorld} from '../../support/rollout-world.ts'
import {wishHeard} from '../../support/wish-heard.ts'

const RANGE = {old: '12.3.0', new: '12.4.0'}
const NAMES = ['gf1', 'gf2', 'gf3']
const ALL_DONE = NAMES.map(name => `${name} 12.4.0 in`)
const ALL_OLD = NAMES.map(name => `${name} 12.3.0 in`)

const threeNodes = (rollout: Partial<Run['cluster']['rollout']> = {}) =>
  new RolloutWorld(Object.fromEntries(NAMES.map(name => [name, RANGE.old])), rollout, {range: RANGE})

/** A run was cut once the writer served. */
function migratedAlone(): RolloutWorld {
  const world = threeNodes()
  world.machine('gf1').version = RANGE.new
  for (const name of ['gf2', 'gf3']) Object.assign(world.machine(name), {stopped: true, server: 'out', out: 'r0'})
  Object.assign(world.schema, {newest: 'new', migrations: 2})
  return world
}

async function rollout(world: RolloutWorld, special: Partial<Run> = {}): Promise<readonly NodeOutcome[]> {
  return execute(world.run(await planFor(world), special))
}

/** As the command does it: behind all that it refuses before. */
async function command(world: RolloutWorld): Promise<readonly NodeOutcome[]> {
  return execute(world.run((await previewOf(world)).survey.plan))
}

/** Throws at the first effect after which an old Grafana would write on a schema that it does not know. */
function guardSchema(world: RolloutWorld): void {
  const inner = world.before
  world.before = effect => {
    inner(effect)
    const old = [...world.machines.values()].filter(({version, stopped}) => version === RANGE.old && !stopped)
    if (world.schema.newest === 'new' && old.length > 0) throw new Error(`an old Grafana runs at ${effect}`)
    const mates = [...world.machines].filter(([name, {stopped}]) => !effect.startsWith(name) && !stopped)
    const migrates = effect.endsWith(' activate') && world.schema.newest === 'old'
    if (migrates && mates.length > 0) throw new Error(`${mates[0]?.[0]} runs at ${effect}`)
  }
}

const moved = (count: number) => [{table: 'unifiedstorage_migration_log', count, newest: `folders ${count}`}]

const FAILED = 'logger=migrator level=error msg="Executing migration failed" id=rename error="no such table"'
const iso = (world: RolloutWorld) => new Date(world.clock.now()).toISOString()

/** The nodes' scripts that are sent there have no known end. */
function cutAt(world: RolloutWorld, ...effects: readonly string[]): void {
  const inner = world.before
  world.before = effect => {
    inner(effect)
    const [node] = effect.split(' ')
    if (effects.includes(effect))
      throw new GhaError('the connection was lost', {code: 'HOST_LOST', exit: 'partial', ...given({node})})
  }
}

class Killed extends Error {}

function killAt(world: RolloutWorld, place: number): void {
  let left = place
  world.before = () => {
    if (left === 0) throw new Killed()
    left -= 1
  }
}

describe('a step that only a single writer may take', () => {
  it('stops the others, lets one migrate alone, and starts the others again', async () => {
    const world = threeNodes()
    guardSchema(world)
    expect((await rollout(world)).map(({node, result}) => `${node} ${result}`)).toEqual(
      NAMES.map(name => `${name} done`),
    )
    expect(world.seen()).toEqual(ALL_DONE)
    const told = ['arm', 'stop', 'activate', 'in'].flatMap(what =>
      world.effects.flatMap((effect, place) => (effect.endsWith(` ${what}`) ? [`${place} ${effect}`] : [])),
    )
    const at = (effect: string) => world.effects.indexOf(effect)
    expect(told.length).toBe(3 + 2 + 3 + 3 + 2)
    expect(Math.max(at('gf2 stop'), at('gf3 stop'))).toBeLessThan(at('gf1 drain'))
    expect(at('gf1 in')).toBeLessThan(Math.min(at('gf2 activate'), at('gf3 activate')))
  })

  it('leaves nothing to do', async () => {
    const world = threeNodes()
    await rollout(world)
    expect(isEmpty(await planFor(world))).toBe(true)
  })

  it('is begun by the canary', async () => {
    const world = threeNodes({canary: 'gf3'})
    expect((await planFor(world)).window).toMatchObject({writer: 'gf3'})
  })

  it('arms no dead man, who would start an old Grafana on the new schema', async () => {
    const world = threeNodes()
    const inner = world.before
    world.before = effect => {
      inner(effect)
      expect([...world.machines.values()].some(({deadMan}) => deadMan.words)).toBe(false)
    }
    await rollout(world)
    expect(world.seen()).toEqual(ALL_DONE)
  })

  it('gives all back as they were when a node cannot be stopped', async () => {
    const world = threeNodes()
    guardSchema(world)
    const inner = world.before
    world.before = effect => {
      inner(effect)
      if (effect !== 'gf3 stop') return
      world.before = inner
      throw new GhaError('no', {code: 'SCRIPT_FAILED', exit: 'bug', node: 'gf3'})
    }
    const outcomes = await rollout(world)
    expect(outcomes).toContainEqual(expect.objectContaining({node: 'gf3', aftermath: {state: 'restored'}}))
    expect(world.seen()).toEqual(ALL_OLD)
  })

  it.each([
    ['gf3 arm', 'gf3 12.3.0 in'],
    ['gf3 stop', 'gf3 12.3.0 out out by r1'],
    ['gf1 arm', 'gf1 12.3.0 in'],
  ])('starts the others again when %s has no known end', async (where, left) => {
    const world = threeNodes()
    guardSchema(world)
    cutAt(world, where)
    const [lost = ''] = where.split(' ')
    const outcomes = await rollout(world)
    const mates = ['gf2', 'gf3'].filter(name => name !== lost)
    expect(Object.fromEntries(outcomes.map(outcome => [outcome.node, outcome.result]))).toEqual({
      gf1: 'not-begun',
      ...Object.fromEntries(mates.map(name => [name, 'restored'])),
      [lost]: 'failed',
    })
    expect(outcomes).toHaveLength(NAMES.length)
    expect(world.seen()).toEqual(NAMES.map(name => (name === lost ? left : `${name} 12.3.0 in`)))
    world.before = () => undefined
    await command(world)
    expect(world.seen()).toEqual(ALL_DONE)
  })

  it('starts nobody once its lock is lost, and says who stays stopped', async () => {
    const world = threeNodes()
    const run = world.run(await planFor(world))
    const lost = () => (world.effects.includes('gf3 stop') ? 'bob has taken the lock over' : undefined)
    const outcomes = await execute({...run, lock: {...run.lock, lost}})
    expect(outcomes).toMatchObject([
      {node: 'gf1', error: {code: 'LOCK_LOST'}, aftermath: {state: 'restored'}},
      {node: 'gf2', error: {code: 'NOT_STARTED_AGAIN'}, aftermath: {state: 'held-out'}},
      {node: 'gf3', error: {code: 'NOT_STARTED_AGAIN'}, aftermath: {state: 'held-out'}},
    ])
    expect(world.effects.at(-1)).toBe('gf3 stop')
  })

  it('holds out who is lost before it could return: it was stopped, and not left in', async () => {
    const world = threeNodes()
    const inner = world.before
    world.before = effect => {
      inner(effect)
      if (effect === 'gf1 mark as serving') cutAt(world, 'gf2 arm')
    }
    const outcomes = await rollout(world)
    expect(outcomes[1]).toMatchObject({node: 'gf2', step: 'arm', aftermath: {state: 'held-out'}})
  })

  it('says of whoever cannot be started again that it is held out', async () => {
    const world = threeNodes()
    cutAt(world, 'gf3 stop', 'gf2 revert')
    const outcomes = await rollout(world)
    expect(outcomes.map(({node, result}) => `${node} ${result}`).toSorted()).toEqual([
      'gf1 not-begun',
      'gf2 failed',
      'gf3 failed',
    ])
    expect(outcomes).toContainEqual(
      expect.objectContaining({node: 'gf2', aftermath: {state: 'held-out', reason: 'the connection was lost'}}),
    )
  })

  it('gives all back as they were when the writer fails before it migrates', async () => {
    const world = threeNodes()
    world.migrates = () => false
    world.sick = (_, version) => version === RANGE.new
    guardSchema(world)
    const outcomes = await rollout(world)
    expect(outcomes[0]).toMatchObject({node: 'gf1', step: 'gate', aftermath: {state: 'restored'}})
    expect(world.seen()).toEqual(ALL_OLD)
  })

  it('goes nowhere by itself once a migration has failed, of which the database kept no row', async () => {
    const world = threeNodes()
    world.migrates = () => false
    world.sick = (_, version) => version === RANGE.new
    world.migratorLog = node => (node === 'gf1' ? [`t=${iso(world)} ${FAILED}`] : [])
    guardSchema(world)
    const [outcome] = await rollout(world)
    expect(outcome).toMatchObject({
      node: 'gf1',
      error: {code: 'MIGRATION_FAILED', message: expect.stringContaining('Executing migration failed: id=rename')},
      aftermath: {state: 'held-out', reason: 'going back over this migration is a restore'},
    })
    expect(world.seen()).toEqual([
      'gf1 12.4.0 out out by r1 migrating',
      'gf2 12.3.0 out out by r1 stopped',
      'gf3 12.3.0 out out by r1 stopped',
    ])
    world.machine('gf1').stopped = true
    expect(await planFor(world)).toHaveProperty('backup')
  })

  it('goes nowhere by itself once the writer has migrated and is not healthy', async () => {
    const world = threeNodes()
    world.sick = (_, version) => version === RANGE.new
    guardSchema(world)
    const outcomes = await rollout(world)
    expect(outcomes).toMatchObject([
      {node: 'gf1', aftermath: {state: 'held-out', reason: expect.stringContaining('going back is a restore')}},
      {node: 'gf2', result: 'held-out'},
      {node: 'gf3', result: 'held-out'},
    ])
    expect(world.seen()).toEqual([
      'gf1 12.4.0 out out by r1 migrating',
      'gf2 12.3.0 out out by r1 stopped',
      'gf3 12.3.0 out out by r1 stopped',
    ])
    expect((await planFor(world, {to: RANGE.old})).step.kind).toBe('unsupported')
  })

  it('ends at the first healthy look, and the others wait until the writer passed the whole gate', async () => {
    const world = threeNodes()
    const looksAt = new Map<string, number>()
    const looks = () => world.http.asked.filter(call => call === 'gf1 /api/health').length
    const inner = world.before
    world.before = effect => {
      inner(effect)
      looksAt.set(effect, looks())
    }
    await rollout(world)
    const at = (effect: string) => looksAt.get(effect) ?? Number.NaN
    expect(at('gf1 in') - at('gf1 activate')).toBeLessThanOrEqual(2)
    expect(Math.min(at('gf2 activate'), at('gf3 activate')) - at('gf1 in')).toBeGreaterThanOrEqual(3)
  })

  it('leaves a writer in the balancer that does not stay healthy, and lets no other begin', async () => {
    const world = threeNodes()
    world.sick = node => node === 'gf1' && world.effects.includes('gf1 in')
    const [outcome] = await rollout(world)
    expect(outcome).toMatchObject({node: 'gf1', step: 'gate', aftermath: {state: 'kept'}})
    expect(world.seen()).toEqual([
      'gf1 12.4.0 in',
      'gf2 12.3.0 out out by r1 stopped',
      'gf3 12.3.0 out out by r1 stopped',
    ])
  })

  it('goes on with the same node when it is mended', async () => {
    const world = threeNodes({canary: 'gf2'})
    world.sick = (_, version) => version === RANGE.new
    await rollout(world)
    world.sick = () => false
    guardSchema(world)
    await rollout(world)
    expect(world.seen()).toEqual(ALL_DONE)
  })

  it('may go back to the old version while the database shows that nothing was migrated', async () => {
    const world = threeNodes()
    killAt(world, 12)
    world.migrates = () => false
    await rollout(world).catch(() => undefined)
    world.before = () => undefined
    expect((await planFor(world, {to: RANGE.old})).step.kind).toBe('none')
  })

  it('touches nobody when the operator stops it before its first stop', async () => {
    const world = threeNodes()
    const outcomes = await rollout(world, {stopRequested: () => true})
    expect(outcomes.map(({node, result}) => `${node} ${result}`)).toEqual(NAMES.map(name => `${name} not-begun`))
    expect([...world.effects, ...world.journal]).toEqual([])
  })

  it('waits before its first stop where somebody has asked to pause while it prepared', async () => {
    const world = threeNodes()
    const mail = new Mail('r1')
    await wishHeard(mail, {wish: 'pause', number: 1, reason: 'not yet'})
    let looks = 0
    const renew = async () => {
      looks += 1
      expect(world.effects).toEqual([])
      if (looks === 3) await wishHeard(mail, {wish: 'go', number: 2, reason: ''})
    }
    await rollout(world, {lock: aLock({mail, renew})})
    expect(looks).toBe(3)
    expect(world.journal.slice(0, 2)).toEqual(['- paused -', '- resumed -'])
    expect(world.seen()).toEqual(ALL_DONE)
  })

  it('starts the others again when the operator stops it before the writer goes', async () => {
    const world = threeNodes()
    const outcomes = await rollout(world, {stopRequested: () => world.effects.includes('gf2 stop')})
    expect(outcomes.map(({node, result}) => `${node} ${result}`)).toEqual([
      'gf1 not-begun',
      'gf2 restored',
      'gf3 restored',
    ])
    expect(world.seen()).toEqual(ALL_OLD)
  })

  it('says at its end how long nobody served: from when the last node was out until it was back', async () => {
    const world = threeNodes()
    world.before = effect => {
      if (effect.endsWith(' activate')) void world.clock.sleep(7300)
    }
    const told: string[] = []
    await rollout(world, {
      progress: event => {
        told.push(event.type === 'note' ? event.text : `${event.type} ${'node' in event ? event.node : ''}`)
      },
    })
    const notes = told.filter(text => text.includes('window'))
    expect(notes).toEqual(['the maintenance window is over: nobody served for 7.3 s'])
    expect(told.indexOf(notes[0] ?? '')).toBeLessThan(told.indexOf('step-started gf2', told.indexOf('node-done gf1')))
  })

  it.each([
    ['an additive step', {old: '12.1.0', new: '12.2.0'}, false],
    ['a writer that never came back', RANGE, true],
  ])('is not said to be over after %s', async (_, range, sick) => {
    const world = new RolloutWorld(Object.fromEntries(NAMES.map(name => [name, range.old])), {}, {range})
    world.sick = (_node, version) => sick && version === range.new
    const notes: string[] = []
    await rollout(world, {progress: event => event.type === 'note' && notes.push(event.text)})
    expect(notes.filter(text => text.includes('window'))).toEqual([])
  })

  it('waits for a migration longer than every deadline, and tells how it goes', async () => {
    const world = threeNodes()
    const notes: string[] = []
    let looks = 0
    world.sick = (_, version) => {
      if (version !== RANGE.new) return false
      looks += 1
      world.schema.locked = looks < 400
      return looks < 400
    }
    await rollout(world, {progress: event => event.type === 'note' && notes.push(event.text)})
    expect(world.seen()).toEqual(ALL_DONE)
    expect(notes.length).toBeGreaterThan(10)
    expect(notes[0]).toBe('migrating: 2 migrations done, the last: new')
  })

  it('waits for a migration of data that no lock tells of, as long as its log grows', async () => {
    const world = threeNodes()
    const notes: string[] = []
    let looks = 0
    world.sick = (_, version) => {
      if (version !== RANGE.new) return false
      looks += 1
      world.schema.scoped = moved(looks)
      return looks < 400
    }
    await rollout(world, {progress: event => event.type === 'note' && notes.push(event.text)})
    expect(world.seen()).toEqual(ALL_DONE)
    expect(notes.find(text => text.startsWith('migrating'))).toMatch(
      /^migrating: \d+ migrations done, the last: folders \d+$/,
    )
  })

  it('goes nowhere by itself once data were moved, although the schema stayed', async () => {
    const world = threeNodes()
    world.migrates = () => false
    world.sick = (_, version) => version === RANGE.new
    const inner = world.before
    world.before = effect => {
      inner(effect)
      if (effect === 'gf1 activate') world.schema.scoped = moved(1)
    }
    const [outcome] = await rollout(world)
    expect(outcome).toMatchObject({
      aftermath: {state: 'held-out', reason: expect.stringContaining('going back is a restore')},
    })
    expect(world.effects).not.toContain('gf1 revert')
    expect((await planFor(world, {to: RANGE.old})).step.kind).toBe('unsupported')
  })

  it('leaves a migration alone that is stuck for an hour', async () => {
    const world = threeNodes()
    world.sick = (_, version) => {
      world.schema.locked ||= version === RANGE.new
      return version === RANGE.new
    }
    const [outcome] = await rollout(world)
    expect(outcome).toMatchObject({error: {code: 'MIGRATION_STUCK'}, aftermath: {state: 'held-out'}})
    expect(world.effects).not.toContain('gf1 revert')
  })

  it('is let through by the next command wherever it was killed, and no old Grafana ever runs on the new schema', async () => {
    const whole = threeNodes()
    await command(whole)
    const places = whole.effects.length
    expect(places).toBeGreaterThan(20)
    for (let place = 0; place < places; place += 1) {
      const world = threeNodes()
      killAt(world, place)
      await command(world).catch(() => undefined)
      world.before = () => undefined
      guardSchema(world)
      await command(world)
      expect([place, ...world.seen()]).toEqual([place, ...ALL_DONE])
      expect(isEmpty((await previewOf(world)).survey.plan)).toBe(true)
    }
  })

  it('takes the writer, which serves alone since a run was cut, out of the balancer once the others serve', async () => {
    const world = migratedAlone()
    world.wished = {'/etc/grafana/grafana.ini': 'another gha.yaml'}
    const others = () => NAMES.filter(name => name !== 'gf1' && world.machine(name).server === 'in')
    const inner = world.before
    world.before = effect => {
      inner(effect)
      if (['gf1 drain', 'gf1 activate'].includes(effect)) expect([effect, ...others()]).toEqual([effect, 'gf2', 'gf3'])
    }
    await rollout(world)
    expect(world.effects.indexOf('gf1 out')).toBeLessThan(world.effects.indexOf('gf1 activate'))
    expect(world.seen()).toEqual(ALL_DONE)
  })

  it('waits with the writer, which is to be changed too, until those serve that it stops', async () => {
    const world = migratedAlone()
    world.wished = {'/etc/grafana/grafana.ini': 'another gha.yaml'}
    Object.assign(world.machine('gf3'), {stopped: false, server: 'in', out: undefined})
    const plan = await planFor(world)
    expect(plan.window?.stops.map(({node}) => node)).toEqual(['gf3'])
    expect(plan.waves.map(wave => wave.map(({node}) => node))).toEqual([['gf2', 'gf3'], ['gf1']])
    world.sick = (node, version) => node === 'gf2' && version === RANGE.new
    const outcomes = await execute(world.run(plan))
    expect(outcomes).toContainEqual({node: 'gf1', result: 'not-begun'})
    expect(world.effects.some(effect => effect.startsWith('gf1'))).toBe(false)
  })

  it('leaves the writer as it is, which serves, when the operator stops it meanwhile', async () => {
    const world = migratedAlone()
    world.wished = {'/etc/grafana/grafana.ini': 'another gha.yaml'}
    Object.assign(world.machine('gf3'), {stopped: false, server: 'in', out: undefined})
    const outcomes = await rollout(world, {stopRequested: () => world.effects.includes('gf3 stop')})
    expect(outcomes.map(({node, result}) => `${node} ${result}`)).toEqual(['gf2 done', 'gf3 done', 'gf1 not-begun'])
    expect(world.seen()).toEqual(ALL_DONE)
  })

  it('looks whether the others serve before it takes the writer', async () => {
    const world = migratedAlone()
    world.wished = {'/etc/grafana/grafana.ini': 'another gha.yaml'}
    Object.assign(world.machine('gf3'), {stopped: false, server: 'in', out: undefined})
    const inner = world.before
    world.before = effect => {
      inner(effect)
      if (effect === 'gf2 mark as serving') world.machine('gf2').server = 'down'
    }
    const outcomes = await rollout(world)
    expect(outcomes).toContainEqual(expect.objectContaining({node: 'gf1', step: 'may-it-go'}))
    expect(world.machine('gf1').server).toBe('in')
  })

  it('goes nowhere by itself where a node was past the migration that runs no more', async () => {
    const world = migratedAlone()
    world.machine('gf1').stopped = true
    world.sick = (_, version) => version === RANGE.new
    guardSchema(world)
    const [outcome] = await rollout(world)
    expect(outcome).toMatchObject({
      node: 'gf1',
      aftermath: {state: 'held-out', reason: expect.stringContaining('going back is a restore')},
    })
    expect(world.effects).not.toContain('gf1 revert')
    expect((await planFor(world, {to: RANGE.old})).step.kind).toBe('unsupported')
  })

  it('gives a node back that was drained by hand and could not be stopped', async () => {
    const world = threeNodes()
    world.machine('gf3').server = 'out'
    const inner = world.before
    world.before = effect => {
      inner(effect)
      if (effect === 'gf3 arm') throw new GhaError('no room', {code: 'SCRIPT_FAILED', exit: 'bug', node: 'gf3'})
    }
    const outcomes = await rollout(world)
    expect(outcomes).toContainEqual(expect.objectContaining({node: 'gf3', step: 'arm', aftermath: {state: 'restored'}}))
    expect(world.seen()).toEqual(['gf1 12.3.0 in', 'gf2 12.3.0 in', 'gf3 12.3.0 out'])
  })

  it('is begun while a node is down: nobody serves in its place anyway', async () => {
    const world = threeNodes()
    Object.assign(world.machine('gf3'), {stopped: true, server: 'down'})
    await command(world)
    expect(world.seen()).toEqual(ALL_DONE)
  })
})
