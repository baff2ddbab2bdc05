import {describe, expect, it} from 'vitest'
import type {RunWish} from '../../../src/lib/model/run-request.ts'
import {goesOn} from '../../../src/lib/rollout/goes-on.ts'
import {Mail} from '../../../src/lib/rollout/mail.ts'
import type {Run} from '../../../src/lib/rollout/run.ts'
import {aLock} from '../../support/a-lock.ts'
import {aTurn} from '../../support/a-run.ts'
import {wishHeard} from '../../support/wish-heard.ts'

/** A run that was asked the first wish, and hears the others one by one as it shows that it lives. */
async function runAsked(first: RunWish, ...later: readonly RunWish[]) {
  const mail = new Mail('r1')
  const waiting = [...later]
  const said: string[] = []
  let number = 0
  const hear = async (wish: RunWish) => {
    number += 1
    await wishHeard(mail, {wish, number, reason: 'lunch'})
  }
  await hear(first)
  let renewals = 0
  const renew = async () => {
    renewals += 1
    const next = waiting.shift()
    if (next) await hear(next)
  }
  const run: Run = {
    ...aTurn().run,
    lock: aLock({mail, renew}),
    stopRequested: () => mail.heard?.wish === 'stop',
    journal: {append: async ({type, detail}) => void said.push(`${type} ${detail}`)},
  }
  return {run, said, renewals: () => renewals}
}

describe('between two nodes', () => {
  it('a run that nobody asked anything goes on', async () => {
    const {run, said} = await runAsked('go')
    expect(await goesOn(run)).toBe(true)
    expect(said).toEqual([])
  })

  it('a paused run waits, renews its lock meanwhile, and goes on when it is resumed', async () => {
    const {run, said, renewals} = await runAsked('pause', 'pause', 'pause', 'go')
    expect(await goesOn(run)).toBe(true)
    expect(renewals()).toBe(3)
    expect(said).toEqual(['paused by bob@lap: lunch', 'resumed by bob@lap'])
  })

  it('a paused run that is stopped ends', async () => {
    const {run, said} = await runAsked('pause', 'stop')
    expect(await goesOn(run)).toBe(false)
    expect(said).toEqual(['paused by bob@lap: lunch'])
  })

  it('a run that loses its lock while it waits goes on to where that is refused, and says of nobody that he resumed it', async () => {
    const {run, said} = await runAsked('pause')
    let looks = 0
    const lost = () => (++looks > 2 ? 'another run took the lock over' : undefined)
    const progress: Run['progress'] = event => void said.push(event.type === 'note' ? event.text : event.type)
    expect(await goesOn({...run, progress, lock: {...run.lock, lost}})).toBe(true)
    expect(said).toEqual(['paused by bob@lap: lunch', expect.stringContaining('Paused by bob@lap (lunch)')])
  })

  it('a run that pauses does not say that every node serves: it may be about to bring back one that is out', async () => {
    const {run, said} = await runAsked('pause', 'go')
    await goesOn({...run, progress: event => void said.push(event.type === 'note' ? event.text : event.type)})
    expect(said).toContainEqual(expect.stringContaining('Paused by bob@lap (lunch): no node is under way, the lock is'))
  })
})
