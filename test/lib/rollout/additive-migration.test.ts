import {describe, expect, it} from 'vitest'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {execute} from '../../../src/lib/rollout/execute.ts'
import type {NodeOutcome} from '../../../src/lib/rollout/node-outcome.ts'
import type {Run} from '../../../src/lib/rollout/run.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {NEW, OLD, RolloutWorld} from '../../support/rollout-world.ts'

const A_YEAR = 365 * 24 * 3600_000
const ALL_DONE = ['gf1 12.1.0 in', 'gf2 12.1.0 in', 'gf3 12.1.0 in']

/** Older nodes keep working on the newer schema, and the first new Grafana migrates for so long before it listens. */
function migratingWorld(seconds = Number.POSITIVE_INFINITY) {
  const world = new RolloutWorld({gf1: OLD, gf2: OLD, gf3: OLD})
  const migration = {seconds, secondsALook: 5}
  let began: number | undefined
  world.silent = (_node, version) => {
    if (version !== NEW) return false
    began ??= world.clock.now()
    if (world.schema.locked) void world.clock.sleep(migration.secondsALook * 1000)
    world.schema.locked = world.clock.now() - began < migration.seconds * 1000
    return world.schema.locked
  }
  return {world, migration}
}

async function rollout(world: RolloutWorld, given: Partial<Run> = {}): Promise<readonly NodeOutcome[]> {
  return execute(world.run(await planFor(world), given))
}

/** Whoever runs this is gone after that effect: from then on nothing that it does comes to pass. */
async function killedAfter(world: RolloutWorld, effect: string): Promise<void> {
  const gone = () => world.effects.includes(effect)
  world.before = () => {
    if (gone()) throw new GhaError('gone', {code: 'HOST_LOST', exit: 'partial', node: 'gf1'})
  }
  await rollout(world, {stopRequested: gone})
  expect(world.effects.at(-1)).toBe(effect)
  world.before = () => undefined
}

describe('an additive step whose first Grafana migrates for long', () => {
  it('is waited for beyond every deadline, and no dead man acts meanwhile', async () => {
    const {world} = migratingWorld(1800)
    expect((await rollout(world)).map(({result}) => result)).toEqual(['done', 'done', 'done'])
    const turn = ['arm', 'drain', 'out', 'activate', 'let the dead man count', 'disarm', 'in', 'mark as serving']
    expect(world.effects).toEqual(['gf1', 'gf2', 'gf3'].flatMap(node => turn.map(what => `${node} ${what}`)))
    expect(world.seen()).toEqual(ALL_DONE)
  })

  it.each([
    {how: 'is stopped', code: 'MIGRATION_UNDER_WAY', stops: true},
    {how: 'sees nothing move for an hour', code: 'MIGRATION_STUCK', stops: false},
  ])(
    'is left alone by a run that $how, by the dead man too, until the next run waits for it',
    async ({code, stops}) => {
      const {world, migration} = migratingWorld()
      migration.secondsALook = 60
      const stopRequested = () => stops && world.effects.includes('gf1 activate')
      const [outcome] = await rollout(world, {stopRequested})
      expect(outcome).toMatchObject({error: {code}, aftermath: {state: 'held-out'}})
      await world.leaveAlone(A_YEAR)
      expect(world.seen()[0]).toBe('gf1 12.1.0 out out by r1 armed, waits')
      migration.seconds = 0
      await rollout(world)
      expect(world.effects).not.toContain('gf1 dead man')
      expect(world.seen()).toEqual(ALL_DONE)
    },
  )

  it('is left alone by the dead man of a run that was killed', async () => {
    const {world} = migratingWorld()
    await killedAfter(world, 'gf1 activate')
    await world.leaveAlone(A_YEAR)
    expect(world.seen()[0]).toBe('gf1 12.1.0 out out by r1 armed, waits')
  })

  it('keeps its way back for the next run, which goes it once nobody migrates any more', async () => {
    const {world, migration} = migratingWorld()
    await killedAfter(world, 'gf1 activate')
    migration.seconds = 0
    world.sick = (_node, version) => version === NEW
    expect((await rollout(world))[0]).toMatchObject({error: {code: 'NOT_HEALTHY'}})
    expect(world.effects).toContain('gf1 revert')
    expect(world.seen()[0]).toBe('gf1 12.0.0 out out by r1')
  })

  it('has its dead man back once it has migrated', async () => {
    const {world} = migratingWorld(1800)
    await killedAfter(world, 'gf1 let the dead man count')
    await world.leaveAlone(A_YEAR)
    expect(world.seen()[0]).toBe('gf1 12.0.0 out out by r1')
  })

  it('is left alone when it migrates again after it has answered', async () => {
    const {world} = migratingWorld(0)
    world.sick = (_node, version) => {
      world.schema.locked ||= world.effects.includes('gf1 let the dead man count')
      return version === NEW
    }
    world.silent = () => world.schema.locked
    const [outcome] = await rollout(world, {stopRequested: () => world.schema.locked})
    expect(outcome).toMatchObject({error: {code: 'MIGRATION_UNDER_WAY'}})
    await world.leaveAlone(A_YEAR)
    expect(world.seen()[0]).toBe('gf1 12.1.0 out out by r1 armed, waits')
  })

  it('is left alone when it ends again and again, and somebody holds the migration lock', async () => {
    const {world} = migratingWorld(0)
    world.sick = (_node, version) => {
      world.schema.locked ||= world.effects.includes('gf1 let the dead man count')
      world.machine('gf1').process += version === NEW ? 1 : 0
      return version === NEW
    }
    world.silent = () => false
    const [outcome] = await rollout(world)
    expect(outcome).toMatchObject({
      error: {code: 'NOT_HEALTHY'},
      aftermath: {state: 'held-out', reason: 'somebody still holds the migration lock'},
    })
    await world.leaveAlone(A_YEAR)
    expect(world.seen()[0]).toBe('gf1 12.1.0 out out by r1 armed, waits')
  })

  it.each([
    {why: 'cannot be read', silent: true, lines: [], reason: /^the database does not tell whether somebody migrates$/},
    {why: 'failed to migrate', silent: false, lines: ['Executing migration failed'], reason: /^its migration failed/},
  ])(
    'goes back neither by gha nor by the dead man where its schema $why, although nobody holds the lock',
    async ({silent, lines, reason}) => {
      const {world} = migratingWorld(0)
      world.sick = (_node, version) => {
        world.schema.silent ||= silent && version === NEW
        return version === NEW
      }
      world.silent = () => false
      world.migratorLog = () => lines.map(line => migratorLine(world, line))
      const [outcome, ...others] = await rollout(world)
      expect(outcome).toMatchObject({
        step: 'gate',
        aftermath: {state: 'held-out', reason: expect.stringMatching(reason)},
      })
      expect(others.map(({result}) => result)).toEqual(['not-begun', 'not-begun'])
      expect(world.effects).not.toContain('gf1 revert')
      await world.leaveAlone(A_YEAR)
      expect(world.seen()[0]).toBe('gf1 12.1.0 out out by r1 armed, waits')
    },
  )

  it('goes back where its schema is known, nobody holds the lock and no migration failed', async () => {
    const {world} = migratingWorld(0)
    world.sick = (_node, version) => version === NEW
    world.silent = () => false
    expect((await rollout(world))[0]).toMatchObject({error: {code: 'NOT_HEALTHY'}, aftermath: {state: 'restored'}})
    expect(world.seen()).toEqual(['gf1 12.0.0 in', 'gf2 12.0.0 in', 'gf3 12.0.0 in'])
  })

  it('is held out after a failed migration, whatever users notice meanwhile', async () => {
    const {world} = migratingWorld(0)
    let began = Number.POSITIVE_INFINITY
    world.sick = (_node, version) => version === NEW
    world.silent = () => false
    world.migratorLog = () => {
      if (world.effects.includes('gf1 activate')) began = Math.min(began, world.clock.now())
      return [migratorLine(world, 'Executing migration failed')]
    }
    const isLate = () => world.clock.now() > began + 10_000
    const watch = {spent: () => (isLate() ? 'requests were lost' : undefined), knowsBefore: async () => undefined}
    const [outcome] = await rollout(world, {watch})
    expect(outcome).toMatchObject({error: {code: 'MIGRATION_FAILED'}, aftermath: {state: 'held-out'}})
    expect(world.effects).not.toContain('gf1 revert')
  })
})

/** As Grafana writes it now. */
function migratorLine({clock}: RolloutWorld, message: string): string {
  return `logger=migrator t=${new Date(clock.now()).toISOString()} level=error msg="${message}"`
}
