import {spawn, spawnSync} from 'node:child_process'
import {mkdtempSync, rmSync, statSync, utimesSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {acquireLease, LOCK_TTL_SECONDS, releaseLease, renewLease} from '../../../src/lib/host/lease.ts'
import type {LockHolder} from '../../../src/lib/model/lease.ts'
import {LocalHost} from '../../support/local-host.ts'

const host = new LocalHost('gf1')
let state: string
beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'gha-lease-'))
})
afterEach(() => rmSync(state, {recursive: true}))

const holder = (run: string): LockHolder => ({
  run,
  owner: 'ann',
  hostname: 'desk',
  pid: 1,
  bootId: 'b',
  reason: 'gha apply',
  since: 1,
})
const acquire = (run: string, generation: number, abandoned?: string) =>
  host.run(acquireLease(state, {lease: {run, generation}, holder: holder(run), ...(abandoned ? {abandoned} : {})}))

it('is granted to the first and refused to the second, with the holder', async () => {
  await expect(acquire('a', 1)).resolves.toEqual({granted: true})
  await expect(acquire('b', 2)).resolves.toMatchObject({granted: false, generation: 1, holder: holder('a')})
})

it('is granted after the first gave it back', async () => {
  await acquire('a', 1)
  await host.run(releaseLease(state, {run: 'a', generation: 1}))
  await expect(acquire('b', 2)).resolves.toEqual({granted: true})
})

it('is refused to a generation that is not newer', async () => {
  await acquire('a', 5)
  await host.run(releaseLease(state, {run: 'a', generation: 5}))
  await expect(acquire('b', 5)).resolves.toMatchObject({granted: false, generation: 5})
})

it('is taken over when nobody renewed it in time, by the clock of the host', async () => {
  await acquire('a', 1)
  const old = Date.now() / 1000 - LOCK_TTL_SECONDS - 5
  utimesSync(path.join(state, 'lock'), old, old)
  await expect(acquire('b', 2)).resolves.toEqual({granted: true})
  await expect(host.run(renewLease(state, {run: 'a', generation: 1}))).resolves.toBe(false)
})

it('is taken over in its time though the clock of the host was set back', async () => {
  await acquire('a', 1)
  const [file, hour] = [path.join(state, 'lock'), Date.now() / 1000 + 3600]
  utimesSync(file, hour, hour)
  await expect(acquire('b', 2)).resolves.toMatchObject({granted: false, ageSeconds: 0})
  const left = statSync(file).mtimeMs / 1000 - Date.now() / 1000
  expect(left).toBeLessThanOrEqual(0)
  expect(left).toBeGreaterThan(-30)
})

it('is taken over from a run that is known to be dead', async () => {
  await acquire('a', 1)
  await expect(acquire('b', 2, 'a')).resolves.toEqual({granted: true})
})

it('is not given back by somebody else', async () => {
  await acquire('a', 1)
  await host.run(releaseLease(state, {run: 'b', generation: 2}))
  await expect(host.run(renewLease(state, {run: 'a', generation: 1}))).resolves.toBe(true)
})

describe('while a script holds the guard', () => {
  const guard = () => spawn('flock', [path.join(state, 'guard'), 'sleep', '60'], {stdio: 'ignore', detached: true})

  async function whileGuarded(look: () => Promise<void>) {
    const script = guard()
    try {
      await expect.poll(() => spawnSync('flock', ['-n', path.join(state, 'guard'), 'true']).status).toBe(1)
      await look()
    } finally {
      process.kill(-(script.pid as number))
    }
  }

  it('is renewed by its holder', async () => {
    await acquire('a', 1)
    const old = Date.now() / 1000 - LOCK_TTL_SECONDS - 5
    utimesSync(path.join(state, 'lock'), old, old)
    await whileGuarded(async () => {
      await expect(host.run(renewLease(state, {run: 'a', generation: 1}))).resolves.toBe(true)
      await expect(acquire('b', 2)).resolves.toMatchObject({granted: false, holder: holder('a')})
    })
  })

  it('is told lost at once', async () => {
    await acquire('a', 1)
    await acquire('b', 2, 'a')
    await whileGuarded(async () => {
      await expect(host.run(renewLease(state, {run: 'a', generation: 1}))).resolves.toBe(false)
    })
  })
})
