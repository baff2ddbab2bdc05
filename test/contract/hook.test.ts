import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {createBalancer} from '../../src/lib/adapters/balancer.ts'
import {systemClock} from '../../src/lib/adapters/clock.ts'
import type {HookCommand} from '../../src/lib/model/load-balancer.ts'
import type {Argv} from '../../src/lib/model/node.ts'
import {aNode, anSshTarget} from '../support/a-cluster.ts'
import {aHook, type Haproxy, type Hook} from '../support/a-load-balancer.ts'
import {type Balanced, startBehindHaproxy} from '../support/balanced.ts'
import {ROOT} from '../support/documents.ts'
import {LocalHosts} from '../support/local-host.ts'
import {describeBalancer} from './balancer-contract.ts'

const HOOK = path.join(ROOT, 'test/support/haproxy-hook.sh')

const open = (hook: Hook, {dryRun = false, hosts = new LocalHosts()} = {}) =>
  createBalancer(hook, {hosts, clock: systemClock(), dryRun})

function hookOver({cluster}: Balanced, wish: Partial<Hook> = {}): Hook {
  const {socket} = cluster.loadBalancer as Haproxy
  const command = (...words: string[]): HookCommand => ({
    argv: [HOOK, socket, ...words] as unknown as Argv,
    deadlineSeconds: 10,
  })
  return aHook({
    commands: {
      list: command('list'),
      status: command('status', '{server}'),
      drain: command('drain', '{server}'),
      out: command('out', '{server}'),
      undrain: command('undrain', '{server}'),
    },
    confirm: {times: 2, everySeconds: 0.05},
    ...wish,
  })
}

describeBalancer({
  name: 'a hook of this machine',
  start: startBehindHaproxy,
  open: balanced => open(hookOver(balanced)),
})

describe('the commands of a hook', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hook-'))
  const file = (name: string) => path.join(folder, name)
  const program = (name: string, text: string) => writeFileSync(file(name), `#!/bin/sh\n${text}\n`, {mode: 0o755})
  beforeAll(() => {
    program('list', 'echo gf1 in 3; echo; echo "# a comment"; echo gf2 down')
    program('words', 'printf "%s\\n" "$@" >"$0.said"; echo gf1 out')
    program('endless', 'sleep 300 & echo $! >"$0.child"; wait')
    program('leaving', 'sleep 3 & echo $! >"$0.child"; echo gf1 in')
    program('leaving-late', 'setsid sleep 3 & sleep 300')
    program('failing', 'echo "no such target group" >&2; exit 3')
    program('rambling', 'echo "gf1 is doing fine, thank you"')
    writeFileSync(file('closed'), '#!/bin/sh\n', {mode: 0o644})
  })
  afterAll(() => rmSync(folder, {recursive: true}))

  const command = (name: string, ...words: string[]): HookCommand => ({argv: [name, ...words], deadlineSeconds: 1})
  const hook = (commands: Partial<Hook['commands']>, wish: Partial<Hook> = {}) =>
    aHook({
      folder,
      commands: {...aHook().commands, list: command('./list'), status: command('./list'), ...commands},
      confirm: {times: 2, everySeconds: 0.01},
      ...wish,
    })
  const gf1 = aNode({name: 'gf1'})

  it('start in the folder of gha.yaml, and say what gha shows', async () => {
    expect(await open(hook({})).status()).toEqual([
      {balancer: 'lb1', server: 'gf1', state: 'in', current: 3, words: 'in'},
      {balancer: 'lb1', server: 'gf2', state: 'down', words: 'down'},
    ])
  })

  it('get the values of the node as words that no shell reads', async () => {
    const nasty = aNode({name: '$(touch owned)', address: '`touch owned`', balancerName: "gf1' ; touch owned ; '"})
    const words = command('./words', '{node}', '{address}:{port}', 'x={server}', '$HOME; touch owned')
    await open(hook({status: words}))
      .takeOut(nasty)
      .catch(() => undefined)
    const said = readFileSync(file('words.said'), 'utf8')
    expect(said.trim().split('\n')).toEqual([
      '$(touch owned)',
      '`touch owned`:3000',
      "x=gf1' ; touch owned ; '",
      '$HOME; touch owned',
    ])
    expect(existsSync(file('owned'))).toBe(false)
  })

  it('run on the host that is named', async () => {
    const hosts = new LocalHosts()
    const host = {name: 'lbctl', ssh: anSshTarget()}
    const commands = {list: command(file('list')), status: command(file('list'))}
    await open(hook(commands, {host}), {hosts}).rehearse([gf1])
    expect(hosts.connected.get('lbctl')?.ran).toEqual([
      'look for the programs of the balancer hook',
      'list of the balancer hook',
      'status of the balancer hook',
    ])
  })

  it('are looked for before the first drain', async () => {
    await expect(
      open(hook({undrain: command('./gone'), drain: command('./closed')})).rehearse([gf1]),
    ).rejects.toMatchObject({
      code: 'BALANCER_HOOK_MISSING',
      message: 'there is no program ./closed, ./gone that can be run',
      exit: 'preflight',
    })
    await expect(open(hook({list: command('no-such-program')})).status()).rejects.toMatchObject({
      code: 'BALANCER_HOOK_MISSING',
    })
  })

  it('must know every node before the first drain', async () => {
    await expect(open(hook({})).rehearse([gf1, aNode({name: 'gf22'})])).rejects.toMatchObject({
      code: 'BALANCER_NO_SERVER',
      message: 'the balancer has no server named gf22; did you mean gf2?',
    })
  })

  it('fail with what they say', async () => {
    await expect(open(hook({drain: command('./failing')})).drain(gf1)).rejects.toMatchObject({
      code: 'BALANCER_HOOK_FAILED',
      message: '`drain` of gf1 ended with exit code 3: no such target group',
    })
    await expect(open(hook({list: command('./rambling')})).status()).rejects.toMatchObject({
      code: 'BALANCER_HOOK_OUTPUT',
      message: '`list` printed what gha cannot read: "gf1 is doing fine, thank you"',
    })
  })

  it('end at their deadline, with all that they started', async () => {
    await expect(open(hook({list: command('./endless')})).status()).rejects.toMatchObject({
      code: 'BALANCER_HOOK_FAILED',
      message: 'list of the balancer hook did not end within 1 s',
    })
    const child = Number(readFileSync(file('endless.child'), 'utf8'))
    await expect.poll(() => runs(child)).toBe(false)
  })

  it('leave a run as it was before its first drain, whatever they ask for', async () => {
    const about = {status: command('./endless'), list: command('./list')}
    await expect(open(hook(about)).rehearse([gf1])).rejects.toMatchObject({exit: 'preflight'})
    await expect(
      open(hook({...about, status: command('./list'), drain: command('./endless')})).drain(gf1),
    ).rejects.toMatchObject({exit: 'partial'})
  })

  it('end when they end, whatever they leave running', async () => {
    expect(await open(hook({list: command('./leaving')})).status()).toMatchObject([{server: 'gf1', state: 'in'}])
    expect(runs(Number(readFileSync(file('leaving.child'), 'utf8')))).toBe(true)
  })

  it('do not keep gha from ending', async () => {
    const before = openPipes()
    await open(hook({list: command('./leaving')})).status()
    await expect(open(hook({list: command('./leaving-late')})).status()).rejects.toThrow('did not end within 1 s')
    await expect.poll(openPipes, {timeout: 1000}).toBe(before)
  })

  it('that change something do not run in a dry run', async () => {
    await expect(open(hook({drain: command('./words', '{node}')}), {dryRun: true}).drain(gf1)).rejects.toMatchObject({
      code: 'DRY_RUN_MUTATION',
    })
    expect(await open(hook({}), {dryRun: true}).status()).toHaveLength(2)
  })

  it('do not drain a node again that is out', async () => {
    rmSync(file('words.said'), {force: true})
    await open(hook({drain: command('./words', 'again'), status: command('sh', '-c', 'echo gf1 out')})).drain(gf1)
    expect(existsSync(file('words.said'))).toBe(false)
  })
})

/** What keeps this process alive by being read. */
function openPipes(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'PipeWrap').length
}

/** Ended but not yet collected by its parent is not running. */
function runs(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}
