import {beforeEach, describe, expect, it} from 'vitest'
import {versionOf} from '../../../src/lib/model/version.ts'
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
  const [run, node] = [world.run(PLAN, {progress}), nodeNamed(world.cluster, 'gf1')]
  watch = new MigrationWatch({run, node, version: versionOf('12.4.0'), seconds: 60, deadMan: 'waits'})
})

/** As Grafana writes it, so many seconds after the process began. */
function line(message: string, second: number, level = 'info'): string {
  const began = 1_800_000_000 - 5000 + 1000
  return `logger=migrator t=${new Date((began + second) * 1000).toISOString()} level=${level} msg="${message}"`
}

/** Looks after a while, as long as one process lives. */
async function look(milliseconds = MINUTE, process = '101/7'): Promise<boolean> {
  await world.clock.sleep(milliseconds)
  return watch.goesOn(process === 'gone' ? undefined : process)
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

  it('goes on while its migrators say something new, without lock and row', async () => {
    let lines = [line('Migrating organization', 1)]
    world.migratorLog = () => lines
    expect(await look()).toBe(false)
    lines = [...lines, line('Migration progress', 2)]
    expect(await look()).toBe(true)
    expect(await look()).toBe(false)
    expect(notes).toEqual(['log of gf1: Migration progress', 'migrating: 1 migrations done, the last: old'])
  })

  it('tells each line of the log once, of many only the newest, and none of an earlier process', async () => {
    let lines = [line('of the process before', -60)]
    world.migratorLog = () => lines
    world.schema.locked = true
    await look()
    expect(notes).toEqual(['migrating: 1 migrations done, the last: old'])
    lines = [...lines, ...[1, 2, 3, 4, 5].map(second => line(`step ${second}`, second))]
    await look()
    await look()
    expect(notes.filter(text => text.startsWith('log'))).toEqual([
      'log of gf1: … 2 lines more of its migrations',
      'log of gf1: step 3',
      'log of gf1: step 4',
      'log of gf1: step 5',
    ])
  })

  it('is told of with its last words when its process is gone', async () => {
    let lines = [line('Executing migration', 1)]
    world.migratorLog = () => lines
    await look()
    lines = [...lines, line('Executing migration failed', 2, 'error')]
    world.machine('gf1').stopped = true
    expect(await look(MINUTE, 'gone')).toBe(false)
    expect(notes.at(-1)).toBe('log of gf1: Executing migration failed')
    expect(watch.failed).toBe('Executing migration failed')
  })

  it('goes on no more once it has failed, although it is tried again and again', async () => {
    world.schema.locked = true
    expect(await look()).toBe(true)
    world.migratorLog = () => [line('Executing migration failed', world.clock.now() / 1000, 'error')]
    expect(await look()).toBe(false)
    world.migratorLog = () => []
    expect(await look()).toBe(false)
  })

  it('does not answer for a process before it, which an operator has mended since', async () => {
    world.schema.locked = true
    world.migratorLog = () => [line('Executing migration failed', -1, 'error')]
    expect(await look()).toBe(true)
    expect(watch.failed).toBeUndefined()
  })

  it('is told of with the words of a process that had ended before the first look', async () => {
    world.machine('gf1').stopped = true
    const ended = 5000 - 1000
    world.migratorLog = () => [
      line('long ago', ended - 61, 'error'),
      line('Executing migration failed', ended - 10, 'error'),
      line('migrations completed', ended - 5),
    ]
    await look(0, 'gone')
    expect(notes).toEqual(['log of gf1: Executing migration failed'])
    expect(watch.failed).toBe('Executing migration failed')
  })

  it('does not go on in a process that is another at each look', async () => {
    world.schema.locked = true
    world.migratorLog = () => [line('Failed to lock database', 1, 'error')]
    await look()
    expect(watch.failed).toBeUndefined()
    expect(await look(MINUTE, '102/8')).toBe(false)
    expect(await look(MINUTE, 'gone')).toBe(false)
  })

  it('is stuck when nothing moves for an hour, and not a minute earlier', async () => {
    world.schema.locked = true
    await look()
    for (let minutes = 0; minutes < 60; minutes += 10) expect(await look(10 * MINUTE)).toBe(true)
    await expect(look()).rejects.toMatchObject({code: 'MIGRATION_STUCK', exit: 'partial', node: 'gf1'})
  })

  it.each(['migration_log', 'unifiedstorage_migration_log', 'the log of its migrators'])(
    'is not stuck as long as %s grows',
    async table => {
      world.schema.locked = true
      for (let count = 1; count < 10; count++) {
        if (table === 'migration_log') world.schema.migrations += 1
        else if (table === 'the log of its migrators') world.migratorLog = () => [line('Migration progress', count)]
        else world.schema.scoped = log(count)
        expect(await look(30 * MINUTE)).toBe(true)
      }
    },
  )
})
