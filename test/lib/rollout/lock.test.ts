import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {busy} from '../../../src/lib/host/fence.ts'
import type {Script} from '../../../src/lib/model/script.ts'
import type {Host} from '../../../src/lib/ports/host.ts'
import type {Ports} from '../../../src/lib/ports/ports.ts'
import {takeLock} from '../../../src/lib/rollout/lock.ts'
import {aCluster, aNode} from '../../support/a-cluster.ts'
import {FakeHosts, StillClock} from '../../support/fake-ports.ts'
import {LocalHost} from '../../support/local-host.ts'
import {ManualClock} from '../../support/manual-clock.ts'

const NAMES = ['gf1', 'gf2', 'gf3']
const REQUEST = {reason: 'gha rollout', seenGeneration: 6, waitSeconds: 0}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-lock-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const stateOf = (name: string) => path.join(folder, name)
const cluster = () =>
  aCluster({nodes: NAMES.map(name => aNode({name, paths: {...aNode().paths, state: stateOf(name)}}))})

function portsOf(pid: number): Ports {
  return {
    hosts: new FakeHosts(Object.fromEntries(NAMES.map(name => [name, new LocalHost(name)]))),
    clock: new StillClock(),
    identity: {user: 'ann', hostname: 'desk', pid, bootId: 'b', isAlive: () => true},
  } as unknown as Ports
}

/** Time goes on as told, and so many nodes do not answer, or late. */
function silencing() {
  const silent = new Set<string>()
  const slow = new Map<string, () => Promise<void>>()
  let passed = 0
  const clock = new StillClock()
  const hosts = NAMES.map(name => {
    const host = new LocalHost(name)
    const run = async (script: Script<unknown>) => {
      if (silent.has(name)) throw new Error('no answer')
      const answer = await host.run(script)
      await slow.get(name)?.()
      return answer
    }
    return [name, {name, run} as unknown as Host] as const
  })
  const ports = {
    ...portsOf(1),
    hosts: new FakeHosts(Object.fromEntries(hosts)),
    clock: {
      now: () => clock.now() + passed,
      sleep: (time: number, signal?: AbortSignal) => clock.sleep(time, signal),
    },
  }
  const pass = (milliseconds: number) => {
    passed += milliseconds
  }
  return {ports, pass, silent, slow}
}

const generations = () => NAMES.map(name => readFileSync(path.join(stateOf(name), 'generation'), 'utf8').trim())
const locked = () => NAMES.filter(name => readdirSync(stateOf(name)).includes('lock'))

describe('the lock of a cluster', () => {
  it('is held on every node under one generation, and given back', async () => {
    const lock = await takeLock(cluster(), portsOf(1), REQUEST)
    expect(locked()).toEqual(NAMES)
    await lock.release()
    expect(locked()).toEqual([])
    expect(generations()).toEqual(['7', '7', '7'])
  })

  it('goes above a generation that one node alone has seen', async () => {
    mkdirSync(stateOf('gf2'))
    writeFileSync(path.join(stateOf('gf2'), 'generation'), '40\n')
    await (await takeLock(cluster(), portsOf(1), REQUEST)).release()
    expect(generations()).toEqual(['41', '41', '41'])
  })

  it('is taken under a newer name than that of a run which was there since the look, whatever its clock', async () => {
    for (const name of NAMES) mkdirSync(path.join(stateOf(name), 'runs'), {recursive: true})
    writeFileSync(path.join(stateOf('gf1'), 'generation'), '7\n')
    writeFileSync(path.join(stateOf('gf1'), 'runs', '20990101T000000-aaaa.jsonl'), '')
    const lock = await takeLock(cluster(), portsOf(1), REQUEST)
    expect(lock.lease).toEqual({generation: 8, run: expect.stringMatching(/^20990101T000001-/)})
    const clock = new StillClock()
    const ports = {
      ...portsOf(2),
      clock: {now: () => clock.now(), sleep: (time: number) => (time === 2000 ? lock.release() : clock.sleep(time))},
    }
    const second = takeLock(cluster(), ports, {...REQUEST, waitSeconds: 60})
    await expect(second.then(({lease}) => lease.run)).resolves.toMatch(/^20990101T000002-/)
  })

  it('is taken where a power cut left the generation empty', async () => {
    mkdirSync(stateOf('gf2'))
    writeFileSync(path.join(stateOf('gf2'), 'generation'), '')
    await (await takeLock(cluster(), portsOf(1), REQUEST)).release()
    expect(generations()).toEqual(['7', '7', '7'])
  })

  it('is left on no node when one of them cannot keep it, and that one is named', async () => {
    writeFileSync(stateOf('gf2'), 'a file where a folder belongs')
    await expect(takeLock(cluster(), portsOf(1), REQUEST)).rejects.toMatchObject({code: 'LOCK_UNWRITABLE', node: 'gf2'})
    rmSync(stateOf('gf2'))
    mkdirSync(stateOf('gf2'))
    expect(locked()).toEqual([])
  })

  it('goes to one of two that come at the same moment, whatever order their files name the nodes in', async () => {
    for (let round = 0; round < 5; round += 1) {
      const turned = {...cluster(), nodes: cluster().nodes.toReversed()}
      const both = [takeLock(cluster(), portsOf(1), REQUEST), takeLock(turned, portsOf(2), REQUEST)]
      const ended = await Promise.allSettled(both)
      expect(ended.map(({status}) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(locked()).toEqual(NAMES)
      for (const one of ended) if (one.status === 'fulfilled') await one.value.release()
    }
  })

  it('waits, as long as it may, for a script that is still at work on a node', async () => {
    mkdirSync(stateOf('gf2'))
    const hosts = Object.fromEntries(NAMES.map(name => [name, new LocalHost(name)]))
    let busyTimes = 2
    const gf2 = {
      name: 'gf2',
      run: async (script: Script<unknown>) => {
        if (script.name === 'take the lock' && busyTimes-- > 0) throw busy()
        return hosts['gf2']?.run(script)
      },
    }
    const clock = new ManualClock()
    const ports = {...portsOf(1), clock, hosts: new FakeHosts({...hosts, gf2: gf2 as unknown as Host})}
    await expect(takeLock(cluster(), ports, REQUEST)).rejects.toMatchObject({code: 'HOST_BUSY', node: 'gf2'})
    expect(locked()).toEqual([])
    const taken = takeLock(cluster(), ports, {...REQUEST, waitSeconds: 3600})
    await expect
      .poll(
        async () => {
          await clock.pass(500)
          return locked()
        },
        {timeout: 30_000},
      )
      .toEqual(NAMES)
    await (await taken).release()
  })

  it('tells for how long no node has said that it is still there', async () => {
    const {ports, pass, silent} = silencing()
    const lock = await takeLock(cluster(), ports, REQUEST)
    pass(70_000)
    expect(lock.unheard()).toBe(70_000)
    for (const name of NAMES) silent.add(name)
    await lock.renew()
    expect([lock.unheard(), lock.lost()]).toEqual([70_000, undefined])
    silent.delete('gf3')
    await lock.renew()
    expect([lock.unheard(), lock.lost()]).toEqual([0, undefined])
    await lock.release()
  })

  it('counts no answer of a node that another run has taken', async () => {
    const {ports, pass} = silencing()
    const lock = await takeLock(cluster(), ports, REQUEST)
    for (const name of NAMES) writeFileSync(path.join(stateOf(name), 'lock'), 'run=r9\n')
    pass(70_000)
    await lock.renew()
    expect([lock.unheard(), lock.lost()]).toEqual([70_000, 'another run took the lock over on gf1, gf2, gf3'])
    await lock.release()
  })

  it.each([
    ['ahead of this one', '20990101T235959-abcd', /^20990102T000000-/],
    ['behind this one', '19700101T000000-abcd', /^20\d{6}T\d{6}-/],
    ['of no time', 'r9', /^20\d{6}T\d{6}-/],
  ])('is of a run whose name comes after that of the last one, whose clock was %s', async (_, seenRun, name) => {
    const lock = await takeLock(cluster(), portsOf(1), {...REQUEST, seenRun})
    expect(lock.lease.run).toMatch(name)
    await lock.release()
  })

  it('is given back over another connection where one was lost, and a node that cannot be reached is not asked twice', async () => {
    const {ports, slow} = silencing()
    const lock = await takeLock(cluster(), ports, REQUEST)
    const asked: string[] = []
    const failing = (name: string, code: string) =>
      slow.set(name, async () => {
        asked.push(name)
        if (asked.filter(each => each === name).length === 1)
          throw new GhaError('no', {code, exit: 'partial', node: name})
      })
    failing('gf1', 'HOST_LOST')
    failing('gf2', 'HOST_UNREACHABLE')
    await lock.release()
    expect(asked.toSorted()).toEqual(['gf1', 'gf1', 'gf2'])
  })

  it('is renewed in time on every node but one that takes long to answer', async () => {
    const clock = new ManualClock()
    const renewed: string[] = []
    const granted = new TextEncoder().encode('granted\0yes\0')
    const answers = async (name: string, script: Script<unknown>) => {
      if (script.name === 'renew the lock') renewed.push(name)
      if (script.name === 'renew the lock' && name === 'gf2') await clock.sleep(70_000)
      return script.parse({exitCode: 0, stdout: granted, stderr: ''})
    }
    const hosts = NAMES.map(name => [name, {name, run: (script: Script<unknown>) => answers(name, script)}] as const)
    const ports = {
      ...portsOf(1),
      clock,
      hosts: new FakeHosts(Object.fromEntries(hosts) as unknown as Record<string, Host>),
    }
    const lock = await takeLock(cluster(), ports, REQUEST)
    await clock.pass(60_000)
    expect(renewed.toSorted()).toEqual([...Array(4).fill('gf1'), 'gf2', ...Array(4).fill('gf3')])
    const released = lock.release()
    await clock.pass(60_000)
    await released
  })

  it('stays lost once it is given up, although the nodes have it still', async () => {
    const lock = await takeLock(cluster(), portsOf(1), REQUEST)
    lock.giveUp('no node has answered for 60 s')
    await lock.renew()
    expect(lock.lost()).toBe('no node has answered for 60 s')
    await lock.release()
    expect(locked()).toEqual([])
  })

  it('stays lost when a slower renewal heard of it before', async () => {
    const {ports, slow} = silencing()
    const lock = await takeLock(cluster(), ports, REQUEST)
    const [asked, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    slow.set('gf1', async () => {
      asked.resolve()
      await answer.promise
    })
    const slower = lock.renew()
    await asked.promise
    slow.clear()
    writeFileSync(path.join(stateOf('gf2'), 'lock'), 'run=r9\n')
    await lock.renew()
    answer.resolve()
    await slower
    expect(lock.lost()).toBe('another run took the lock over on gf2')
    await lock.release()
  })

  it('is taken at once from a dead process of this machine, but not from one that another container may run', async () => {
    const as = (bootId: string, pid: number): Ports => {
      const ports = portsOf(pid)
      return {...ports, identity: {...ports.identity, bootId, isAlive: () => false}}
    }
    const held = await takeLock(cluster(), as('b/pid:[1]', 7), REQUEST)
    const next = {...REQUEST, seenGeneration: 7}
    await expect(takeLock(cluster(), as('b/pid:[2]', 1), next)).rejects.toMatchObject({code: 'LOCK_HELD'})
    const taken = await takeLock(cluster(), as('b/pid:[1]', 8), next)
    await held.release()
    expect(locked()).toEqual(NAMES)
    await taken.release()
  })

  it('is refused while another run holds it on one node, and left on none of the others', async () => {
    const held = await takeLock(cluster(), portsOf(1), REQUEST)
    for (const name of ['gf1', 'gf3']) rmSync(path.join(stateOf(name), 'lock'))
    await expect(takeLock(cluster(), portsOf(2), REQUEST)).rejects.toMatchObject({
      code: 'LOCK_HELD',
      message: expect.stringContaining('ann@desk (process 1) holds the lock'),
    })
    expect(locked()).toEqual(['gf2'])
    await held.release()
  })
})
