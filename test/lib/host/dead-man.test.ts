import {execFileSync, spawn} from 'node:child_process'
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {it as bare, describe, expect} from 'vitest'
import {activateRelease, revertRelease} from '../../../src/lib/host/activate.ts'
import {
  armDeadMan,
  disarmDeadMan,
  extendDeadMan,
  letDeadManCount,
  letDeadManWait,
  markServing,
  rearmDeadMan,
} from '../../../src/lib/host/dead-man.ts'
import {eventually} from '../../support/eventually.ts'
import {LocalHost} from '../../support/local-host.ts'
import {ShamNode} from '../../support/sham-node.ts'

const it = bare.extend<{readonly node: ShamNode}>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern.
  node: async ({}, use) => {
    const node = new ShamNode()
    await use(node)
    node.remove()
  },
})

interface Upgrade {
  readonly armed: number
  readonly swapped: number
  readonly migrates?: boolean
}

/** Armed for `armed` seconds, and for `swapped` from the swap on. */
async function upgraded(node: ShamNode, {armed, swapped, migrates = false}: Upgrade) {
  const {release: first} = await node.bringUp('12.1.0', 'one')
  const {release} = await node.stage('12.1.1', 'two')
  await node.host.run(armDeadMan(node.activation(), {previous: first.id, seconds: armed}))
  const seen = new Map([[node.ini, first.files[0]?.sha256]])
  const swap = {release, seen, seconds: swapped, guarded: true, migrates}
  return {first, release, swap: () => node.host.run(activateRelease(node.activation(), swap))}
}

const live = (node: ShamNode) => readFileSync(path.join(node.state, 'release'), 'utf8')
const has = (node: ShamNode, name: string) => existsSync(path.join(node.state, name))

const acted = (node: ShamNode) => eventually('the dead man acts', 30_000, () => !has(node, 'armed'))

/** They wait more than they work. */
describe.concurrent('the dead man', () => {
  it('puts the old release back when nobody confirms, and stays out until a run has gone back itself', async ({
    node,
  }) => {
    const {first, swap} = await upgraded(node, {armed: 8, swapped: 1})
    await swap()
    await acted(node)
    expect(live(node)).toBe(first.id)
    expect(readFileSync(node.ini, 'utf8')).toContain('one')
    expect([has(node, 'out'), has(node, 'reverted')]).toEqual([true, true])
    await node.host.run(revertRelease(node.activation(), first.id))
    expect(['begun', 'reverted'].filter(name => has(node, name))).toEqual([])
  })

  it('is on the disk before a swap begins, and so is what tells how far it came: a power cut leaves neither empty', async ({
    node,
  }) => {
    const bin = path.join(node.folder, 'bin')
    mkdirSync(bin)
    const noted = `for file; do case $file in ${node.state}/*) echo "\${file##*/}" >>${node.log} ;; esac; done`
    writeFileSync(path.join(bin, 'sync'), `#!/bin/sh\n${noted}\n`, {mode: 0o755})
    const host = new LocalHost('gf1', {PATH: `${bin}:${process.env['PATH']}`})
    const {release: first} = await node.bringUp('12.1.0', 'one')
    const {release} = await node.stage('12.1.1', 'two')
    const before = node.asked().length
    await host.run(armDeadMan(node.activation(), {previous: first.id, seconds: 60}))
    const seen = new Map([[node.ini, first.files[0]?.sha256]])
    await host.run(activateRelease(node.activation(), {release, seen, seconds: 60, guarded: true, migrates: false}))
    const [armed, swapped] = [
      ['out', 'revert.sh', 'armed'],
      ['previous.new', 'swapping.new', 'stop', 'release.new', 'restart'],
    ]
    expect(node.asked().slice(before)).toEqual([...armed, ...swapped])
    await node.host.run(disarmDeadMan(node.activation()))
  })

  it('acts in time on a node whose clock is set back by an hour', async ({node}) => {
    const {first, swap} = await upgraded(node, {armed: 8, swapped: 1})
    await swap()
    node.setClockBack(3600)
    await acted(node)
    expect(live(node)).toBe(first.id)
  })

  it('restarts nothing where no swap has begun', async ({node}) => {
    await upgraded(node, {armed: 1, swapped: 60})
    const asked = node.asked()
    await acted(node)
    expect(node.asked()).toEqual(asked)
    expect([has(node, 'out'), has(node, 'reverted')]).toEqual([true, false])
  })

  it('lets nothing be swapped once he has acted', async ({node}) => {
    const {first, swap} = await upgraded(node, {armed: 1, swapped: 60})
    await acted(node)
    await expect(swap()).rejects.toMatchObject({
      code: 'SCRIPT_FAILED',
      message: expect.stringContaining('stays on its old release'),
    })
    expect(live(node)).toBe(first.id)
  })

  it('does nothing once it is disarmed', async ({node}) => {
    const {release, swap} = await upgraded(node, {armed: 6, swapped: 6})
    await swap()
    await node.host.run(disarmDeadMan(node.activation()))
    await setTimeout(6500)
    expect(live(node)).toBe(release.id)
    await node.host.run(markServing(node.activation()))
    expect(has(node, 'out')).toBe(false)
  })

  it('lets nothing be confirmed once he has acted, and what he has put back stays known', async ({node}) => {
    const {first, swap} = await upgraded(node, {armed: 8, swapped: 1})
    await swap()
    await acted(node)
    await expect(node.host.run(disarmDeadMan(node.activation(), {expects: 'armed'}))).rejects.toMatchObject({
      code: 'DEAD_MAN_ACTED',
      exit: 'partial',
    })
    expect(live(node)).toBe(first.id)
    expect([has(node, 'out'), has(node, 'reverted')]).toEqual([true, true])
    await node.host.run(disarmDeadMan(node.activation()))
    expect(has(node, 'reverted')).toBe(false)
  })

  it('is no hindrance where an earlier one has acted', async ({node}) => {
    const {release, swap} = await upgraded(node, {armed: 60, swapped: 60})
    writeFileSync(path.join(node.state, 'reverted'), '2026-11-20T23:15:00Z\n')
    await swap()
    await node.host.run(disarmDeadMan(node.activation(), {expects: 'armed'}))
    expect(live(node)).toBe(release.id)
    expect(['armed', 'reverted'].filter(name => has(node, name))).toEqual([])
  })

  it('is not named any more where a run went back itself, and could not', async ({node}) => {
    const {swap} = await upgraded(node, {armed: 60, swapped: 60})
    await swap()
    await expect(node.host.run(revertRelease(node.activation(), 'gone'))).rejects.toMatchObject({code: 'SCRIPT_FAILED'})
    expect(['armed', 'armed.pid', 'revert.sh'].filter(name => has(node, name))).toEqual([])
    expect(has(node, 'out')).toBe(true)
  })
})

describe.concurrent('the process of a dead man without systemd', () => {
  const pidFile = (node: ShamNode) => path.join(node.state, 'armed.pid')
  const lives = (pid: number) => existsSync(`/proc/${pid}`)

  it('is ended when he is disarmed', async ({node}) => {
    await upgraded(node, {armed: 60, swapped: 60})
    const pid = Number(readFileSync(pidFile(node), 'utf8'))
    expect(lives(pid)).toBe(true)
    await node.host.run(disarmDeadMan(node.activation()))
    await eventually('the dead man ends', 5000, () => !lives(pid))
  })

  it('is not taken for another that has its number since a reboot', async ({node}) => {
    await upgraded(node, {armed: 60, swapped: 60})
    const own = readFileSync(pidFile(node), 'utf8')
    const stranger = spawn('sleep', ['60'], {detached: true})
    const neighbour = spawn('sh', ['-c', 'sleep 60; :', 'dead-man', `${node.state}-of-another`], {detached: true})
    try {
      for (const {pid} of [stranger, neighbour]) {
        writeFileSync(pidFile(node), String(pid))
        await node.host.run(disarmDeadMan(node.activation()))
      }
      await setTimeout(300)
      expect([stranger, neighbour].map(({exitCode, signalCode}) => exitCode ?? signalCode)).toEqual([null, null])
    } finally {
      for (const pid of [stranger.pid, neighbour.pid, Number(own)]) if (pid) process.kill(-pid)
    }
  })

  it('is not named any more once he has acted: what he started is Grafana', async ({node}) => {
    const {swap} = await upgraded(node, {armed: 8, swapped: 1})
    await swap()
    await acted(node)
    expect(has(node, 'armed.pid')).toBe(false)
  })
})

describe.concurrent('the dead man of an earlier run', () => {
  it('waits for the run that took the node over', async ({node}) => {
    const {release, swap} = await upgraded(node, {armed: 6, swapped: 6})
    await swap()
    await node.host.run(rearmDeadMan(node.activation(), 60))
    await setTimeout(6500)
    expect(live(node)).toBe(release.id)
    expect(has(node, 'armed')).toBe(true)
    await node.host.run(disarmDeadMan(node.activation()))
  })

  it('still puts the old release back when that run is not heard of again', async ({node}) => {
    const {first, swap} = await upgraded(node, {armed: 60, swapped: 60})
    await swap()
    await node.host.run(rearmDeadMan(node.activation(), 1))
    await acted(node)
    expect(live(node)).toBe(first.id)
  })

  it('is not taken over once he has acted', async ({node}) => {
    const {swap} = await upgraded(node, {armed: 8, swapped: 1})
    await swap()
    await acted(node)
    await expect(node.host.run(rearmDeadMan(node.activation(), 60))).rejects.toMatchObject({
      code: 'SCRIPT_FAILED',
      message: expect.stringContaining('put its old release back by itself'),
    })
  })
})

describe.concurrent('the dead man of a Grafana that may migrate', () => {
  const MIGRATING = {armed: 8, swapped: 1, migrates: true}
  const act = (node: ShamNode) => execFileSync('/bin/sh', [path.join(node.state, 'revert.sh')])

  it('waits from its start on, after his time and after a reboot, until he is let count', async ({node}) => {
    const {first, release, swap} = await upgraded(node, MIGRATING)
    await swap()
    await node.host.run(extendDeadMan(node.activation(), 1))
    await node.host.run(rearmDeadMan(node.activation(), 1))
    await setTimeout(9000)
    const rebooted = readFileSync(path.join(node.state, 'armed'), 'utf8').replace(/.*\n$/, 'another boot\n')
    writeFileSync(path.join(node.state, 'armed'), rebooted)
    act(node)
    expect([live(node), has(node, 'armed')]).toEqual([release.id, true])
    await node.host.run(letDeadManCount(node.activation(), 1))
    await acted(node)
    expect(live(node)).toBe(first.id)
  })

  it('waits again when he is told to', async ({node}) => {
    const {release, swap} = await upgraded(node, MIGRATING)
    await swap()
    await node.host.run(letDeadManCount(node.activation(), 3))
    await node.host.run(letDeadManWait(node.activation()))
    await setTimeout(4000)
    act(node)
    expect([live(node), has(node, 'armed')]).toEqual([release.id, true])
  })

  it('still puts the old release back where the swap was cut before it started', async ({node}) => {
    const {first, swap} = await upgraded(node, {...MIGRATING, armed: 3})
    rmSync(path.join(node.state, 'releases', '12.1.1-two', 'files', '0'))
    await expect(swap()).rejects.toMatchObject({code: 'SCRIPT_FAILED'})
    await acted(node)
    expect(live(node)).toBe(first.id)
  })

  it('is armed by nobody who is told to wait or to count', async ({node}) => {
    await node.bringUp('12.1.0', 'one')
    await node.host.run(letDeadManWait(node.activation()))
    await node.host.run(letDeadManCount(node.activation(), 1))
    expect(has(node, 'armed')).toBe(false)
  })
})

describe('confirmed releases', () => {
  it('are pruned to the last three and the way back', async ({node}) => {
    let seen: string | undefined
    for (const text of ['one', 'two', 'three', 'four', 'five']) {
      const {release} = await node.bringUp('12.1.0', text, seen)
      seen = release.files[0]?.sha256
      await node.host.run(disarmDeadMan(node.activation()))
    }
    const kept = readdirSync(path.join(node.state, 'releases')).toSorted()
    expect(kept).toEqual(['12.1.0-five', '12.1.0-four', '12.1.0-three'])
  })

  it('take the unpacked versions with them that no kept release needs', async ({node}) => {
    let seen: string | undefined
    for (const version of ['12.0.0', '12.0.1', '12.1.0', '12.1.1', '12.2.0']) {
      const {release} = await node.bringUp(version, version, seen)
      seen = release.files[0]?.sha256
      await node.host.run(disarmDeadMan(node.activation()))
    }
    expect(readdirSync(`${node.home}.releases`).toSorted()).toEqual(['12.1.0', '12.1.1', '12.2.0'])
  })
})
