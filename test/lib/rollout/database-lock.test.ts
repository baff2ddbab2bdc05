import {describe, expect, it} from 'vitest'
import type {DatabaseSession} from '../../../src/lib/ports/database.ts'
import type {Ports} from '../../../src/lib/ports/ports.ts'
import {takeDatabaseLock} from '../../../src/lib/rollout/database-lock.ts'
import {aCluster} from '../../support/a-cluster.ts'
import {FakeClock, FakeHosts} from '../../support/fake-ports.ts'
import {LocalHost} from '../../support/local-host.ts'

const CLAIM = {run: 'ours', waitSeconds: 0}

/** A server with one lock, and sessions that it names by who opened them. */
class OneLock {
  up = true
  holder: string | undefined
  opened = 0

  async open(_database: unknown, _from: unknown, applicationName: string): Promise<DatabaseSession> {
    if (!this.up) throw new Error('connection refused')
    this.opened += 1
    return {
      tryLock: async () => {
        if (this.holder !== undefined) return false
        this.holder = applicationName
        return true
      },
      lockHolder: async () => this.holder,
      ping: async () => {
        if (!this.up || this.holder !== applicationName) throw new Error('the session is gone')
      },
      close: async () => {
        if (this.holder === applicationName) this.holder = undefined
      },
    }
  }

  restart(): void {
    this.holder = undefined
  }
}

/** Sleeps end when the test says so. */
class SteppedClock extends FakeClock {
  #wake: (() => void)[] = []

  override sleep(_milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      this.#wake.push(resolve)
      signal?.addEventListener('abort', () => resolve())
    })
  }

  async tick(): Promise<void> {
    for (const wake of this.#wake.splice(0)) wake()
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

function world(databases: OneLock, clock: FakeClock = new SteppedClock()) {
  const [node] = aCluster().nodes
  const name = node?.name ?? ''
  const ports = {databases, clock, hosts: new FakeHosts({[name]: new LocalHost(name)})} as unknown as Ports
  return {ports, clock: clock as SteppedClock}
}

describe('the lock in the database', () => {
  it('is taken, and given back', async () => {
    const server = new OneLock()
    const lock = await takeDatabaseLock(aCluster(), world(server).ports, CLAIM)
    expect(server.holder).toBe('gha ours')
    await lock?.release()
    expect(server.holder).toBeUndefined()
  })

  it('is no hindrance where the database does not answer', async () => {
    const server = new OneLock()
    server.up = false
    expect(await takeDatabaseLock(aCluster(), world(server).ports, CLAIM)).toBeUndefined()
  })

  it('of another run is waited for as long as asked, then the holder is named', async () => {
    const server = new OneLock()
    server.holder = 'gha theirs'
    const {ports} = world(server, new FakeClock())
    await expect(takeDatabaseLock(aCluster(), ports, {...CLAIM, waitSeconds: 9})).rejects.toMatchObject({
      code: 'LOCK_HELD',
      message: 'another run holds the lock in the database: gha theirs',
    })
    expect(server.opened).toBeGreaterThan(4)
  })

  it('of another run is not waited for any longer after Ctrl-C', async () => {
    const server = new OneLock()
    server.holder = 'gha theirs'
    const clock = new FakeClock()
    const began = clock.now()
    const stopRequested = () => server.opened >= 2
    const claim = {...CLAIM, waitSeconds: 600, stopRequested}
    await expect(takeDatabaseLock(aCluster(), world(server, clock).ports, claim)).rejects.toMatchObject({
      code: 'LOCK_HELD',
    })
    expect(clock.now() - began).toBe(2000)
  })

  it('is taken again after the database was restarted', async () => {
    const server = new OneLock()
    const {ports, clock} = world(server)
    const lock = await takeDatabaseLock(aCluster(), ports, CLAIM)
    server.restart()
    server.up = false
    await clock.tick()
    expect([server.holder, lock?.lost()]).toEqual([undefined, undefined])
    server.up = true
    await clock.tick()
    expect([server.holder, lock?.lost()]).toEqual(['gha ours', undefined])
    await lock?.release()
  })

  it('is not lost to our own session that the server still keeps', async () => {
    const server = new OneLock()
    const {ports, clock} = world(server)
    const lock = await takeDatabaseLock(aCluster(), ports, CLAIM)
    server.up = false
    const close = server.holder
    await clock.tick()
    server.up = true
    server.holder = close
    await clock.tick()
    expect(lock?.lost()).toBeUndefined()
    server.holder = undefined
    await clock.tick()
    expect(server.holder).toBe('gha ours')
    await lock?.release()
  })

  it('is lost when another run has it', async () => {
    const server = new OneLock()
    const {ports, clock} = world(server)
    const lock = await takeDatabaseLock(aCluster(), ports, CLAIM)
    server.holder = 'gha theirs'
    await clock.tick()
    expect(lock?.lost()).toBe('the lock in the database has gone to another run: gha theirs')
    await lock?.release()
    expect(server.holder).toBe('gha theirs')
  })
})
