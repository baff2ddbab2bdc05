import {PassThrough} from 'node:stream'
import {setImmediate as turn} from 'node:timers/promises'
import fc from 'fast-check'
import {describe, expect, it, vi} from 'vitest'
import {type Channel, type Connection, SessionRefused} from '../../../../src/lib/adapters/ssh/connection.ts'
import {Sessions} from '../../../../src/lib/adapters/ssh/sessions.ts'

/** A server that allows so many sessions, and keeps the ended ones in mind. */
function server(most: number, pace: readonly number[] = [1]) {
  const open = new Set<Channel>()
  let asked = 0
  let highest = 0
  const connection = {
    alive: true,
    lost: new Promise<never>(() => undefined),
    async exec() {
      asked += 1
      await turns(pace[asked % pace.length] ?? 0)
      if (open.size >= most) throw new SessionRefused('no more sessions')
      const channel = channelOf(() => open.delete(channel))
      open.add(channel)
      highest = Math.max(highest, open.size)
      return channel
    },
  } as unknown as Connection
  return {connection, open, highest: () => highest}
}

function channelOf(ending: () => void): Channel {
  const {promise: ended, resolve} = Promise.withResolvers<{status: undefined}>()
  const close = () => {
    ending()
    resolve({status: undefined})
  }
  return {stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(), ended, close}
}

async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) await turn()
}

describe('sessions on one connection', () => {
  it('opens one alone for a host that is asked once, and one ahead for a host that is asked again', async () => {
    const {connection, open} = server(10)
    const sessions = new Sessions(connection)
    await sessions.open()
    await turns(20)
    expect(open.size).toBe(1)
    await sessions.open()
    await turns(20)
    expect(open.size).toBe(3)
    const [, , ahead] = open
    expect(await sessions.open()).toBe(ahead)
  })

  it('lets everybody in, one after the other, however many the server allows and whoever is quicker', async () => {
    const pace = fc.array(fc.nat({max: 3}), {minLength: 1, maxLength: 12})
    const most = fc.integer({min: 1, max: 12})
    await fc.assert(
      fc.asyncProperty(
        fc.record({most, opening: pace, running: pace, coming: pace}),
        async ({most, opening, running, coming}) => {
          const {connection, highest} = server(most, opening)
          const sessions = new Sessions(connection)
          const ask = async (n: number) => {
            const channel = await sessions.open()
            await turns(running[n % running.length] ?? 0)
            channel.close()
          }
          const asks = []
          for (let n = 0; n < 40; n += 1) {
            asks.push(ask(n))
            await turns(coming[n % coming.length] ?? 0)
          }
          await Promise.all(asks)
          expect(highest()).toBeLessThanOrEqual(Math.min(most, 8))
        },
      ),
      {numRuns: 300},
    )
  }, 15_000)

  it('gives what stands ready to whoever was refused meanwhile', async () => {
    const answers: PromiseWithResolvers<Channel>[] = []
    const exec = () => {
      const answer = Promise.withResolvers<Channel>()
      answers.push(answer)
      return answer.promise
    }
    const sessions = new Sessions({...server(1).connection, exec})
    const [first, second, third] = [sessions.open(), sessions.open(), sessions.open()]
    await turns(5)
    answers[0]?.resolve(channelOf(() => undefined))
    answers[1]?.resolve(channelOf(() => undefined))
    await Promise.all([first, second])
    await turns(5)
    answers[2]?.reject(new SessionRefused('no more sessions'))
    await turns(5)
    for (const open of [await first, await second]) open.close()
    await turns(5)
    const ready = channelOf(() => undefined)
    answers[3]?.resolve(ready)
    expect(await third).toBe(ready)
  })

  it('passes over one that waited for more than half a minute', async () => {
    const {connection, open} = server(10)
    const sessions = new Sessions(connection)
    await sessions.open()
    await sessions.open()
    await turns(20)
    const [, , old] = open
    const later = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 31_000)
    expect(await sessions.open()).not.toBe(old)
    later.mockRestore()
    expect(old && open.has(old)).toBe(false)
  })

  it('passes over one that ended while it waited, and gives its place back', async () => {
    const {connection, open} = server(10)
    const sessions = new Sessions(connection)
    for (let round = 0; round < 30; round += 1) {
      const channel = await sessions.open()
      await turns(20)
      for (const other of open) if (other !== channel) other.stdin.destroy()
      expect(channel.stdin.writable).toBe(true)
      channel.close()
    }
    await turns(20)
    expect(open.size).toBeLessThanOrEqual(1)
  })
})
