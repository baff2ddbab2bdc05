import {describe, expect, it} from 'vitest'
import type {RunWish} from '../../../src/lib/model/run-request.ts'
import type {JournalEvent} from '../../../src/lib/ports/journal.ts'
import {Mail} from '../../../src/lib/rollout/mail.ts'
import type {ProgressEvent, Run} from '../../../src/lib/rollout/run.ts'
import {runStories} from '../../../src/lib/rollout/run-stories.ts'
import {type Try, untilConfirmed} from '../../../src/lib/rollout/until-confirmed.ts'
import {aLock} from '../../support/a-lock.ts'
import {planFor} from '../../support/rollout-plan.ts'
import {OLD, RolloutWorld} from '../../support/rollout-world.ts'
import {wishHeard} from '../../support/wish-heard.ts'

/** A run on trial that hears the wish with its nth sign of life. */
async function trial(
  wish: RunWish | undefined,
  renewal: number,
  {reason = '', ...special}: Partial<Run> & {reason?: string} = {},
) {
  const world = new RolloutWorld({gf1: OLD, gf2: OLD})
  const mail = new Mail('r1')
  const journal: JournalEvent[] = []
  const progress: ProgressEvent[] = []
  let renewals = 0
  const renew = async () => {
    renewals += 1
    if (!wish || renewals !== renewal) return
    await wishHeard(mail, {wish, number: 1, reason})
  }
  const run = world.run(await planFor(world), {
    lock: aLock({mail, renew}),
    journal: {
      append: async event => void journal.push({at: world.clock.now(), run: 'r1', n: journal.length, ...event}),
    },
    progress: event => progress.push(event),
    stopRequested: () => mail.heard?.wish === 'stop',
    ...special,
  })
  const began = world.clock.now()
  const wait = (tries: Partial<Try> = {}) => untilConfirmed(run, {seconds: 60, over: () => undefined, ...tries})
  return {wait, world, journal, progress, seconds: () => (world.clock.now() - began) / 1000}
}

describe('a run on trial', () => {
  it('is kept when somebody confirms it from anywhere', async () => {
    const {wait, journal, seconds} = await trial('confirm', 5)
    expect(await wait()).toEqual({kept: true, why: 'confirmed by bob@lap'})
    expect(seconds()).toBe(8)
    expect(journal.map(({type, detail}) => [type, detail])).toEqual([
      ['trying', `until ${new Date((journal[0]?.at ?? 0) + 60_000).toISOString()}`],
      ['tried', 'confirmed by bob@lap'],
    ])
  })

  it('goes back when its time is over, and not before', async () => {
    const {wait, seconds} = await trial(undefined, 0)
    expect(await wait()).toEqual({kept: false, why: 'nobody confirmed it in time'})
    expect(seconds()).toBe(60)
  })

  it('is kept by a word that comes with the last sign of life', async () => {
    expect(await (await trial('confirm', 31)).wait()).toMatchObject({kept: true})
    expect(await (await trial('confirm', 32)).wait()).toMatchObject({kept: false})
  })

  it('tells the nodes at once what became of it, so that whoever was too late hears so', async () => {
    const renewed: number[] = []
    const {wait, journal} = await trial(undefined, 0, {
      lock: aLock({renew: async () => void renewed.push(journal.length)}),
    })
    await wait()
    expect(journal.at(-1)).toMatchObject({type: 'tried', kept: false})
    expect(renewed.at(-1)).toBe(2)
  })

  it('shows that it lives at once, so that it can be confirmed from another machine', async () => {
    expect(await (await trial('confirm', 1)).wait()).toMatchObject({kept: true})
  })

  it('asks at the terminal, and takes the question away when it is answered elsewhere', async () => {
    expect(await (await trial(undefined, 0)).wait({ask: async () => true})).toEqual({
      kept: true,
      why: 'confirmed at the terminal',
    })
    expect(await (await trial(undefined, 0)).wait({ask: async () => false})).toMatchObject({kept: false})
    let withdrawn = false
    const ask = (signal: AbortSignal) =>
      new Promise<boolean>(answer => {
        signal.addEventListener('abort', () => {
          withdrawn = true
          answer(false)
        })
      })
    expect(await (await trial('confirm', 3)).wait({ask})).toMatchObject({kept: true})
    expect(withdrawn).toBe(true)
  })

  it('is not confirmed by a terminal that fails', async () => {
    const {wait} = await trial(undefined, 0)
    expect(await wait({ask: () => Promise.reject(new Error('no such device'))})).toMatchObject({kept: false})
  })

  it('goes back at once when it is to stop, or when users notice', async () => {
    const stopped = await trial('stop', 2, {reason: 'looks odd'})
    expect(await stopped.wait()).toEqual({kept: false, why: 'asked to stop by bob@lap: looks odd'})
    expect(stopped.seconds()).toBe(2)
    expect(await (await trial(undefined, 0, {stopRequested: () => true})).wait()).toEqual({
      kept: false,
      why: 'interrupted here',
    })
    const watch = {spent: () => '9 of 120 requests were lost', knowsBefore: async () => undefined}
    expect(await (await trial(undefined, 0, {watch})).wait()).toEqual({
      kept: false,
      why: 'users notice: 9 of 120 requests were lost',
    })
  })

  it('changes nothing more when its lock is lost', async () => {
    const {wait} = await trial('confirm', 1, {lock: aLock({lost: () => 'another run took the lock over on gf1'})})
    await expect(wait()).rejects.toMatchObject({
      code: 'LOCK_LOST',
      exit: 'partial',
      message: 'another run took the lock over on gf1 while this run waited to be confirmed',
    })
  })
})

describe('the story of a run on trial', () => {
  const told = async (cut: boolean) => {
    const {wait, journal} = await trial('confirm', 2)
    await wait()
    const events = cut ? journal.slice(0, 1) : journal
    return runStories([events.map(event => JSON.stringify(event)).join('\n')])[0]
  }

  it('says so while it waits, and when it was cut there', async () => {
    expect((await told(true))?.trying).toMatchObject({until: expect.any(Number)})
  })

  it('says so no more when it was kept', async () => {
    expect(await told(false)).toMatchObject({tried: {kept: true, why: 'confirmed by bob@lap'}})
    expect((await told(false))?.trying).toBe(undefined)
  })
})
