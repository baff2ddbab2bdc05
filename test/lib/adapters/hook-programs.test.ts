import {chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {localHookPrograms} from '../../../src/lib/adapters/hook-programs.ts'
import {Secret} from '../../../src/lib/model/secret.ts'
import type {HookOrder} from '../../../src/lib/ports/hook-programs.ts'

const programs = localHookPrograms({dryRun: false})
const sh = (script: string, ...words: string[]) => ['/bin/sh', '-c', script, 'sh', ...words] as const

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'gha-hook-')))
})
afterEach(() => rmSync(folder, {recursive: true}))

async function run(argv: HookOrder['argv'], order: Partial<HookOrder> = {}) {
  const lines: string[] = []
  const end = await programs.run({
    argv,
    folder,
    environment: {},
    isSecret: () => false,
    deadlineSeconds: 10,
    onLine: line => lines.push(line),
    ...order,
  })
  return {end, lines: lines.toSorted()}
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

describe('a hook on this machine', () => {
  it('gets its words as they are, starts in its folder, and is heard on both outputs', async () => {
    const script = 'pwd; printf %s "$1" >&2; exit 3'
    expect(await run(sh(script, '$(id); "x"'))).toEqual({
      end: {how: 'exited', code: 3},
      lines: [folder, '$(id); "x"'].toSorted(),
    })
  })

  it('has the environment of gha with its own variables in the place of GHA_*, and without a secret', async () => {
    process.env['GHA_YES'] = '1'
    process.env['HOOK_TEST_PASSWORD'] = 'gr4fana-db'
    process.env['HOOK_TEST_URL'] = 'postgres://u:gr4fana-db@db'
    process.env['HOOK_TEST_TOKEN'] = 'chat'
    const secret = new Secret('gr4fana-db')
    try {
      const {lines} = await run(['env'], {environment: {GHA_HOOK: 'preNode'}, isSecret: value => secret.isIn(value)})
      expect(lines.filter(line => /^(?:GHA|HOOK_TEST)_/.test(line))).toEqual([
        'GHA_HOOK=preNode',
        'HOOK_TEST_TOKEN=chat',
      ])
      expect(lines.join('\n')).not.toContain('gr4fana-db')
    } finally {
      for (const name of ['GHA_YES', 'HOOK_TEST_PASSWORD', 'HOOK_TEST_URL', 'HOOK_TEST_TOKEN']) delete process.env[name]
    }
  })

  it('is heard with the beginning of a line without end, once it ends, and with no other part of it', async () => {
    const {lines} = await run(sh('head -c 8190 /dev/zero | tr "\\0" x; printf gr4f; sleep 0.2; printf "ana-db\\nend"'))
    expect(lines).toEqual(['end', `${'x'.repeat(8190)}gr`])
  })

  it('has a time of months where it is given one', async () => {
    expect((await run(sh('sleep 0.2'), {deadlineSeconds: 999 * 3600})).end).toEqual({how: 'exited', code: 0})
  })

  it('is ended after its deadline with all that it started, also one that does not listen', async () => {
    const {end, lines} = await run(sh('trap "" TERM; sleep 60 & echo $!; wait; sleep 60'), {deadlineSeconds: 1})
    expect(end).toEqual({how: 'late'})
    await sleep(100)
    expect(isAlive(Number(lines[0]))).toBe(false)
  })

  it('is ended with what it started, although it alone has listened', async () => {
    const {lines} = await run(sh('(trap "" TERM; exec sleep 60) & echo $!; wait'), {deadlineSeconds: 1})
    await sleep(100)
    expect(isAlive(Number(lines[0]))).toBe(false)
  })

  it('may end in order when its deadline is over', async () => {
    const {lines} = await run(sh('trap "echo tidied; exit" TERM; sleep 60 & wait'), {deadlineSeconds: 1})
    expect(lines).toEqual(['tidied'])
  })

  it('is over when it ends, although what it leaves running holds its output open', async () => {
    const started = Date.now()
    const {end, lines} = await run(sh('sleep 30 & echo $!'))
    expect(end).toEqual({how: 'exited', code: 0})
    expect(Date.now() - started).toBeLessThan(5000)
    expect(isAlive(Number(lines[0]))).toBe(true)
    process.kill(Number(lines[0]))
  })

  it('runs for as many nodes at a time as there are, without a word of Node about that', async () => {
    const warnings: Error[] = []
    const heed = (warning: Error) => warnings.push(warning)
    process.on('warning', heed)
    await Promise.all(Array.from({length: 20}, () => run(['true'])))
    await sleep(10)
    process.off('warning', heed)
    expect(warnings).toEqual([])
  })

  it('says why it could not start, or what ended it', async () => {
    expect((await run(['./no-such-program'])).end).toEqual({how: 'not-started', reason: 'there is no such program'})
    expect((await run(sh('kill -9 $$'))).end).toEqual({how: 'killed', signal: 'SIGKILL'})
  })

  it('is found by its path from the folder, or by its name, if it can be run', async () => {
    writeFileSync(path.join(folder, 'hook'), '#!/bin/sh\necho "$0"\n')
    expect(await programs.isThere('./hook', folder)).toBe(false)
    chmodSync(path.join(folder, 'hook'), 0o755)
    expect(await programs.isThere('./hook', folder)).toBe(true)
    expect((await run(['./hook'])).lines).toEqual(['./hook'])
    expect(await programs.isThere('sh', folder)).toBe(true)
    expect(await programs.isThere('gha-no-such-program', folder)).toBe(false)
  })

  it('is refused in a dry run', async () => {
    const order = {argv: ['true'], folder, environment: {}, isSecret: () => false, deadlineSeconds: 1, onLine: () => {}}
    await expect(localHookPrograms({dryRun: true}).run(order as unknown as HookOrder)).rejects.toMatchObject({
      code: 'DRY_RUN_MUTATION',
    })
  })
})
