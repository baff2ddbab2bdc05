import {type ChildProcess, spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, describe, expect, it} from 'vitest'
import {bringDown, removeAbandoned} from './down.ts'
import {leaderOf} from './hosts/host.ts'
import {upLab} from './lab.ts'
import {stateFile} from './layout.ts'
import {namespacesOf} from './network.ts'
import {labNames, readState} from './state.ts'
import {networksOf, tracesOf} from './traces.ts'

const PREFIX = `cut-${process.pid}`
const MOMENTS = {
  'its name is taken': (name: string) => existsSync(stateFile(name)),
  'its network is made': (name: string) => namespacesOf(name).length > 1,
  'a host is booting': (name: string) => namespacesOf(name).length > 1 && leaderOf(name, 'gf1') !== undefined,
}

let labs = 0
const nextName = () => `${PREFIX}-${++labs}`

/** `npm run lab -- up` as a process of its own, ended by a signal at that moment. */
async function upUntil(name: string, moment: (name: string) => boolean, signal: NodeJS.Signals) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/lab/cli.ts', 'up', '--nodes', '1', '--name', name], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let talk = ''
  child.stderr.on('data', (chunk: Buffer) => {
    talk += chunk.toString()
  })
  const exit = exitOf(child)
  for (const until = Date.now() + 60_000; !moment(name) && Date.now() < until; ) await sleep(5)
  const networks = networksOf(name)
  child.kill(signal)
  return {networks, exit: await exit, talk}
}

function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise(resolve => child.once('exit', (code, signal) => resolve(code ?? signal)))
}

describe('a lab that is interrupted while it is made', () => {
  afterAll(async () => {
    for (const name of labNames().filter(lab => lab.startsWith(PREFIX))) await bringDown(name)
  })

  it.each(Object.entries(MOMENTS))('takes everything back on Ctrl-C after %s', async (_, moment) => {
    const name = nextName()
    const {exit, talk, networks} = await upUntil(name, moment, 'SIGINT')
    expect(talk).toContain('nothing of the lab is left')
    expect(exit).toBe(130)
    expect(tracesOf(name, networks)).toEqual([])
  })

  it.each(Object.entries(MOMENTS))('is removed by its name alone when it crashed after %s', async (_, moment) => {
    const name = nextName()
    const {exit, networks} = await upUntil(name, moment, 'SIGKILL')
    expect(exit).toBe('SIGKILL')
    expect(tracesOf(name, networks)).not.toEqual([])
    await bringDown(name)
    expect(tracesOf(name, networks)).toEqual([])
  })

  it('is removed by whoever makes the next one', async () => {
    const name = nextName()
    await upUntil(name, MOMENTS['a host is booting'], 'SIGKILL')
    const said: string[] = []
    await removeAbandoned(line => said.push(line))
    expect(said.join()).toContain(name)
    expect(tracesOf(name, [])).toEqual([])
  })
})

describe('two labs', () => {
  it('do not meet, and one goes down without the other', async () => {
    const names = [nextName(), nextName()] as const
    const [one, other] = await Promise.all(names.map(name => upLab({name, nodes: 1})))
    try {
      const addresses = names.map(name => readState(name).nodes[0]?.address)
      expect(new Set(addresses).size).toBe(2)
      const dial = (address = '') => ['timeout', '2', 'bash', '-c', `exec 3<>/dev/tcp/${address}/22`] as const
      expect((await one!.operator(dial(addresses[0]))).exitCode).toBe(0)
      expect((await one!.operator(dial(addresses[1]))).exitCode).not.toBe(0)
      const networks = networksOf(one!.name)
      await one!.down()
      expect(tracesOf(names[0], networks)).toEqual([])
      expect((await other!.operator(dial(addresses[1]))).exitCode).toBe(0)
      expect((await other!.onNode('gf1', ['systemctl', 'is-system-running'])).stdout).toBe('running\n')
    } finally {
      for (const name of names) await bringDown(name)
    }
  })

  it('do not share a name', async () => {
    const name = nextName()
    const lab = await upLab({name, nodes: 0})
    try {
      await expect(upLab({name, nodes: 0})).rejects.toThrow(`npm run lab -- down --name ${name}`)
      expect((await lab.onNode('nginx', ['systemctl', 'is-active', 'nginx'])).stdout).toBe('active\n')
    } finally {
      await lab.down()
    }
  })
})
