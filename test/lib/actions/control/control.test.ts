import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {askRun} from '../../../../src/lib/actions/control/ask-run.ts'
import {breakLock} from '../../../../src/lib/actions/control/break-lock.ts'
import {lookAtRuns} from '../../../../src/lib/actions/control/look-at-runs.ts'
import {runsToUndo} from '../../../../src/lib/actions/undo/runs-to-undo.ts'
import {fenced} from '../../../../src/lib/host/fence.ts'
import type {Host} from '../../../../src/lib/ports/host.ts'
import type {Ports} from '../../../../src/lib/ports/ports.ts'
import {askedRunText} from '../../../../src/lib/report/runs/asked-run.ts'
import {runStatusText} from '../../../../src/lib/report/runs/run-status.ts'
import {keepJournal} from '../../../../src/lib/rollout/keep-journal.ts'
import {takeLock} from '../../../../src/lib/rollout/lock.ts'
import {aCluster, aNode} from '../../../support/a-cluster.ts'
import {FakeClock, FakeHosts, StillClock, unreachable} from '../../../support/fake-ports.ts'
import {MemoryFiles} from '../../../support/local-fakes.ts'
import {LocalHost} from '../../../support/local-host.ts'

const NAMES = ['gf1', 'gf2', 'gf3']
const REQUEST = {reason: 'gha rollout --to 12.1.1', seenGeneration: 0, waitSeconds: 0}
const STEP = {type: 'step-started', node: 'gf1', step: 'drain'} as const

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gha-control-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

const stateOf = (name: string) => path.join(folder, name)
const cluster = () =>
  aCluster({nodes: NAMES.map(name => aNode({name, paths: {...aNode().paths, state: stateOf(name)}}))})

function portsOf(user: string, hosts: Readonly<Record<string, Host | Error>> = {}): Ports {
  return {
    hosts: new FakeHosts({...Object.fromEntries(NAMES.map(name => [name, new LocalHost(name)])), ...hosts}),
    clock: new FakeClock(Date.now()),
    identity: {user, hostname: 'desk', pid: 1, bootId: 'b', isAlive: () => true},
    files: new MemoryFiles(),
  } as unknown as Ports
}

/** A run of Ann's that is at work on gf1. It gives a sign of life when it is told to. */
async function running() {
  const lock = await takeLock(cluster(), {...portsOf('ann'), clock: new StillClock(Date.now())}, REQUEST)
  const {run} = lock.lease
  const file = {path: '', write: async () => undefined}
  const journal = keepJournal({run, file, mail: lock.mail, clock: new FakeClock(), say: () => undefined})
  await journal.append(STEP)
  await lock.renew()
  return {lock, run, journal}
}

type Running = Awaited<ReturnType<typeof running>>

/** Bob's: while he waits, the run ends its trial. */
function whileRunSays(lock: Running['lock'], journal: Running['journal'], end: {kept: boolean; detail: string}): Ports {
  const clock = new FakeClock(Date.now())
  const sleep = async () => {
    await lock.renew()
    await journal.append({type: 'tried', ...end})
    await lock.renew()
  }
  return {...portsOf('bob'), clock: Object.assign(clock, {sleep})}
}

/** Nobody wants to look sixty times. */
class LongClock extends FakeClock {
  override sleep(): Promise<void> {
    return super.sleep(60_000)
  }
}

describe('a run, from another machine', () => {
  it('is seen with its step, from any node that answers', async () => {
    const {run, lock} = await running()
    const silent = {gf1: unreachable('gf1'), gf2: unreachable('gf2')}
    const seen = await lookAtRuns(cluster(), portsOf('bob', silent))
    expect(seen.locks).toMatchObject([{node: 'gf3', stale: false, holder: {run, owner: 'ann'}}])
    expect(seen.stories).toMatchObject([{run, underWay: [{node: 'gf1', step: 'drain'}]}])
    expect(seen.silent.map(({node}) => node)).toEqual(['gf1', 'gf2'])
    await lock.release()
  })

  it('hears what it is asked with its next sign of life, from the one node that was reached', async () => {
    const {run, lock} = await running()
    const silent = {gf1: unreachable('gf1'), gf2: unreachable('gf2')}
    const asked = await askRun(cluster(), portsOf('bob', silent), {wish: 'pause', reason: 'lunch'})
    expect(asked.nodes).toEqual(['gf3'])
    expect(lock.mail.heard).toBe(undefined)
    await lock.renew()
    expect(lock.mail.heard).toMatchObject({run, wish: 'pause', by: 'bob@desk', reason: 'lunch'})
    await askRun(cluster(), portsOf('cleo'), {wish: 'go', reason: ''})
    await lock.renew()
    expect(lock.mail.heard).toMatchObject({wish: 'go', by: 'cleo@desk'})
    await lock.release()
    for (const name of NAMES) expect(readdirSync(stateOf(name)).toSorted()).toEqual(['generation', 'guard', 'runs'])
  })

  it('cannot be resumed when it was not paused', async () => {
    const {lock} = await running()
    await expect(askRun(cluster(), portsOf('bob'), {wish: 'go', reason: ''})).rejects.toMatchObject({
      code: 'NOT_PAUSED',
    })
    await lock.release()
  })

  it('is confirmed only while it waits for that, and cannot be paused then', async () => {
    const {lock, journal} = await running()
    const ask = (wish: 'confirm' | 'pause') => askRun(cluster(), portsOf('bob'), {wish, reason: ''})
    await expect(ask('confirm')).rejects.toMatchObject({code: 'NOT_TRYING'})
    await journal.append({type: 'trying', until: Date.now() + 60_000})
    await lock.renew()
    await expect(ask('pause')).rejects.toMatchObject({code: 'ON_TRIAL'})
    const asked = await askRun(cluster(), whileRunSays(lock, journal, {kept: true, detail: 'confirmed by bob@desk'}), {
      wish: 'confirm',
      reason: '',
    })
    expect(askedRunText(asked)).toContain('has heard it: what it has brought is kept')
    expect(runStatusText(asked.seen, {colour: false})).toContain('`gha rollout confirm` keeps it')
    expect(lock.mail.heard).toMatchObject({wish: 'confirm', by: 'bob@desk'})
    const seen = await lookAtRuns(cluster(), portsOf('bob'))
    expect(runStatusText(seen, {colour: false})).toContain('trial    kept: confirmed by bob@desk')
    await expect(ask('confirm')).rejects.toMatchObject({message: /it is kept, confirmed by bob@desk$/})
    await lock.release()
  })

  it('is confirmed although a run of a machine whose clock is ahead has a newer name', async () => {
    const {run, lock, journal} = await running()
    const past = {at: 1, run: '29991231T000000-ffff', n: 1, ...STEP}
    for (const name of NAMES) writeFileSync(path.join(stateOf(name), 'runs', `${past.run}.jsonl`), JSON.stringify(past))
    await journal.append({type: 'trying', until: Date.now() + 60_000})
    await lock.renew()
    const seen = await lookAtRuns(cluster(), portsOf('bob'), 1)
    expect(runStatusText(seen, {colour: false})).toContain('trial ')
    const heard = whileRunSays(lock, journal, {kept: true, detail: 'confirmed by bob@desk'})
    expect(await askRun(cluster(), heard, {wish: 'confirm', reason: ''})).toMatchObject({request: {run}})
    await lock.release()
  })

  it('is not confirmed by a word that comes too late, or that it does not hear', async () => {
    const {lock, journal} = await running()
    await journal.append({type: 'trying', until: Date.now() + 60_000})
    await lock.renew()
    const confirm = {wish: 'confirm', reason: ''} as const
    const deaf = {...portsOf('bob'), clock: new LongClock(Date.now())}
    await expect(askRun(cluster(), deaf, confirm)).rejects.toMatchObject({code: 'NOT_HEARD'})
    const late = whileRunSays(lock, journal, {kept: false, detail: 'nobody confirmed it in time'})
    await expect(askRun(cluster(), late, confirm)).rejects.toMatchObject({
      code: 'NOT_TRYING',
      message: /it is not kept, nobody confirmed it in time$/,
    })
    await lock.release()
  })

  it('that was cut while it waited to be confirmed says so', async () => {
    const {lock, journal} = await running()
    await journal.append({type: 'trying', until: Date.now() + 60_000})
    await lock.renew()
    const seen = await lookAtRuns(cluster(), portsOf('bob'))
    const cut = {...seen, locks: seen.locks.map(kept => ({...kept, stale: true}))}
    expect(runStatusText(cut, {colour: false})).toContain(
      'its nodes stay on what it brought; `gha rollout undo` goes back',
    )
    await lock.release()
    await expect(askRun(cluster(), portsOf('bob'), {wish: 'confirm', reason: ''})).rejects.toMatchObject({
      code: 'NO_RUN',
      message: /was cut while it waited to be confirmed$/,
      hint: /`gha rollout undo` goes back/,
    })
  })

  it('that died on this machine is cut at once, on another only when its lock runs out', async () => {
    const {lock} = await running()
    const portsWhere = (hostname: string) => ({
      ...portsOf('ann'),
      identity: {...portsOf('ann').identity, hostname, isAlive: () => false},
    })
    const here = await lookAtRuns(cluster(), portsWhere('desk'))
    expect(here.locks.map(({stale}) => stale)).toEqual([true, true, true])
    expect(runStatusText(here, {colour: false})).toContain('was cut')
    await expect(askRun(cluster(), portsWhere('desk'), {wish: 'confirm', reason: ''})).rejects.toMatchObject({
      code: 'NO_RUN',
    })
    const there = await lookAtRuns(cluster(), portsWhere('lap'))
    expect(there.locks.map(({stale}) => stale)).toEqual([false, false, false])
    await lock.release()
  })

  it('cannot be asked anything when there is none', async () => {
    await expect(askRun(cluster(), portsOf('bob'), {wish: 'stop', reason: ''})).rejects.toMatchObject({code: 'NO_RUN'})
    const {lock} = await running()
    await lock.release()
    await expect(askRun(cluster(), portsOf('bob'), {wish: 'stop', reason: ''})).rejects.toMatchObject({code: 'NO_RUN'})
  })

  it('is remembered when it is over, its last words included', async () => {
    const {run, lock, journal} = await running()
    await journal.append({type: 'run-ended', detail: 'done', outcomes: {gf1: 'done'}})
    await lock.release()
    expect((await lookAtRuns(cluster(), portsOf('bob'))).stories).toMatchObject([{run, ended: {result: 'done'}}])
  })

  it('is remembered to its end, where it was of eighty nodes and its hooks had much to say', async () => {
    const {run, lock, journal} = await running()
    for (let node = 1; node <= 80; node++) {
      for (const hook of ['preNode', 'preDrain', 'postDrain', 'postNode']) {
        await journal.append({type: 'hook-started', node: `gf${node}`, hook})
        await journal.append({type: 'hook-done', node: `gf${node}`, hook, detail: 'talk '.repeat(80)})
      }
      for (let step = 1; step <= 18; step++)
        await journal.append({type: 'step-done', node: `gf${node}`, step: 'gate', detail: 'healthy at 3 looks, 12.4 s'})
      if (node % 10 === 0) await lock.renew()
    }
    await journal.append({type: 'run-ended', detail: 'done', outcomes: {}})
    await lock.release()
    expect((await lookAtRuns(cluster(), portsOf('bob'))).stories).toMatchObject([{run, ended: {result: 'done'}}])
  })

  it('is remembered from the folder beside gha.yaml where the nodes know nothing', async () => {
    const ports = portsOf('ann')
    const file = path.join(path.dirname(cluster().file), '.gha', cluster().name, 'runs', 'r1.jsonl')
    ;(ports.files as MemoryFiles).put(file, JSON.stringify({at: 1, run: 'r1', n: 1, ...STEP}), 0o600)
    expect((await lookAtRuns(cluster(), ports)).stories).toMatchObject([{run: 'r1'}])
  })

  it('is remembered from there as long as its journal is, however many came to nothing since', async () => {
    const ports = portsOf('ann')
    const runs = path.join(path.dirname(cluster().file), '.gha', cluster().name, 'runs')
    for (let run = 10; run < 50; run++) {
      const event = {at: 1, run: `r${run}`, n: 1, ...STEP, step: run === 10 ? 'activate' : 'stage'}
      ;(ports.files as MemoryFiles).put(path.join(runs, `r${run}.jsonl`), JSON.stringify(event), 0o600)
    }
    const {stories} = await lookAtRuns(cluster(), ports)
    expect(stories).toHaveLength(40)
    expect(runsToUndo(stories)?.runs).toMatchObject([{run: 'r10'}])
  })
})

describe('a broken lock', () => {
  const breaking = (run: string) => ({run, dryRun: false, confirm: async () => true})

  it('is gone on every node, and the old holder changes nothing more', async () => {
    const {run, lock} = await running()
    expect(await breakLock(cluster(), portsOf('bob'), breaking(run))).toMatchObject({result: 'broken', nodes: NAMES})
    await lock.renew()
    expect(lock.lost()).toContain('another run took the lock over')
    const late = fenced({
      name: 'late',
      state: stateOf('gf2'),
      lease: lock.lease,
      body: 'touch "$state/late"',
      deadlineSeconds: 10,
      parse: () => undefined,
    })
    await expect(new LocalHost('gf2').run(late)).rejects.toMatchObject({code: 'FENCED'})
    await lock.release()
    const next = await takeLock(cluster(), portsOf('bob'), REQUEST)
    expect(next.lease.generation).toBeGreaterThan(lock.lease.generation + 1)
    await next.release()
  })

  it('needs the id of the run that holds it', async () => {
    const {lock, run} = await running()
    await expect(breakLock(cluster(), portsOf('bob'), breaking('another'))).rejects.toMatchObject({
      code: 'LOCK_NOT_HELD',
      message: `run another does not hold the lock; ${run} does`,
    })
    expect(readFileSync(path.join(stateOf('gf1'), 'lock'), 'utf8')).toContain(run)
    await lock.release()
  })

  it('may be held on a node that could not be asked, and that is said', async () => {
    const hosts = {gf2: unreachable('gf2')}
    await expect(breakLock(cluster(), portsOf('bob', hosts), breaking('r7'))).rejects.toMatchObject({
      message: 'run r7 does not hold the lock; nobody does; gf2 could not be asked',
    })
  })

  it('is left alone where another run holds it by then', async () => {
    const {lock, run} = await running()
    const answer = breakLock(cluster(), portsOf('bob'), {
      ...breaking(run),
      confirm: async () => {
        writeFileSync(path.join(stateOf('gf2'), 'lock'), 'run=newer\n')
        return true
      },
    })
    expect(await answer).toMatchObject({nodes: ['gf1', 'gf3'], failed: [{node: 'gf2'}]})
    expect(readFileSync(path.join(stateOf('gf2'), 'lock'), 'utf8')).toBe('run=newer\n')
    await lock.release()
  })

  it('stays when the question is answered with no', async () => {
    const {lock, run} = await running()
    const refusing = {...breaking(run), confirm: async () => false}
    expect(await breakLock(cluster(), portsOf('bob'), refusing)).toMatchObject({result: 'declined', nodes: []})
    await lock.renew()
    expect(lock.lost()).toBe(undefined)
    await lock.release()
  })
})

it('a lock that nobody renews is shown as free for the next run', async () => {
  mkdirSync(stateOf('gf1'))
  writeFileSync(path.join(stateOf('gf1'), 'lock'), 'run=r1\nowner=ann\n')
  const old = new Date(Date.now() - 90_000)
  const {utimesSync} = await import('node:fs')
  utimesSync(path.join(stateOf('gf1'), 'lock'), old, old)
  expect((await lookAtRuns(cluster(), portsOf('bob'))).locks).toMatchObject([{node: 'gf1', stale: true}])
})
