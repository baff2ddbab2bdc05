import {beforeEach, describe, expect, it} from 'vitest'
import type {Plan} from '../../../src/lib/plan/plan.ts'
import {MigrationWatch} from '../../../src/lib/rollout/migration-watch.ts'
import {nodeNamed, type Run} from '../../../src/lib/rollout/run.ts'
import {RolloutWorld} from '../../support/rollout-world.ts'

const PLAN = {step: {kind: 'single-writer', reason: 'a migration'}, waves: []} as unknown as Plan
const MINUTE = 60_000
const log = (count: number) => [{table: 'unifiedstorage_migration_log', count, newest: `folders ${count}`}]

let world: RolloutWorld
let notes: string[]
let watch: MigrationWatch
beforeEach(() => {
  world = new RolloutWorld({gf1: '12.4.0'}, {}, {range: {old: '12.3.0', new: '12.4.0'}})
  notes = []
  const progress: Run['progress'] = event => {
    if (event.type === 'note') notes.push(event.text)
  }
  watch = new MigrationWatch({run: world.run(PLAN, {progress}), node: nodeNamed(world.cluster, 'gf1')}, 60)
})

/** Looks after a while, as long as one process lives. */
async function look(milliseconds = MINUTE, process: string | undefined = '101/7'): Promise<boolean> {
  await world.clock.sleep(milliseconds)
  return watch.goesOn(process)
}

describe('a migration', () => {
  it('goes on while somebody holds its lock, and no longer', async () => {
    expect(await look()).toBe(false)
    world.schema.locked = true
    expect(await look()).toBe(true)
    world.schema.locked = false
    expect(await look()).toBe(false)
  })

  it('goes on without a lock while any of its logs grows', async () => {
    expect(await look()).toBe(false)
    world.schema.migrations += 1
    expect(await look()).toBe(true)
    world.schema.scoped = log(1)
    expect(await look()).toBe(true)
    world.schema.scoped = log(2)
    expect(await look()).toBe(true)
    expect(await look()).toBe(false)
    expect(notes.slice(1)).toEqual([
      'migrating: 3 migrations done, the last: folders 1',
      'migrating: 4 migrations done, the last: folders 2',
    ])
  })

  it('does not go on in a process that is another at each look', async () => {
    world.schema.locked = true
    await look()
    expect(await look(MINUTE, '102/8')).toBe(false)
    expect(await look(MINUTE, undefined)).toBe(false)
  })

  it('is stuck when nothing moves for an hour, and not a minute earlier', async () => {
    world.schema.locked = true
    await look()
    for (let minutes = 0; minutes < 60; minutes += 10) expect(await look(10 * MINUTE)).toBe(true)
    await expect(look()).rejects.toMatchObject({code: 'MIGRATION_STUCK', exit: 'partial', node: 'gf1'})
  })

  it.each(['migration_log', 'unifiedstorage_migration_log'])('is not stuck as long as %s grows', async table => {
    world.schema.locked = true
    for (let count = 1; count < 10; count++) {
      if (table === 'migration_log') world.schema.migrations += 1
      else world.schema.scoped = log(count)
      expect(await look(30 * MINUTE)).toBe(true)
    }
  })
})
