import {mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {initWords} from '../sandbox/init-words.ts'
import {clearLeftovers} from '../sandbox/leftovers.ts'
import {packDouble} from '../sandbox/packages.ts'
import {type Sandbox, startSandbox} from '../sandbox/sandbox.ts'
import {eventually} from '../support/eventually.ts'
import {type GhaRun, needBuild, type RunningGha, runGha, startGha} from '../support/gha.ts'

const [OLD, NEW] = ['12.1.0', '12.1.1'] as const
const TURN_MILLISECONDS = 120_000

let directory: string
let file: string
let sandbox: Sandbox
let running: RunningGha | undefined

beforeAll(async () => {
  needBuild()
  directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'gha-trial-')))
  sandbox = await startSandbox({directory, nodes: 2})
  const packages = path.join(directory, 'packages')
  await packDouble([OLD, NEW], packages)
  const folder = path.join(directory, 'cluster')
  file = path.join(folder, 'gha.yaml')
  expect(await runGha(['init', ...initWords(sandbox, {version: OLD, packages, directory: folder})])).toMatchObject({
    code: 0,
  })
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('minHealthyTime: 5s', 'minHealthyTime: 1s\n  probe: { soak: 0s }'))
  expect(await gha('apply', '--yes')).toMatchObject({code: 0})
}, 300_000)

afterAll(async () => {
  running?.process.kill('SIGKILL')
  await sandbox?.stop()
  await clearLeftovers(directory)
  rmSync(directory, {recursive: true})
})

const gha = (...words: readonly string[]): Promise<GhaRun> => runGha([...words, '-c', file])

/** One node is tried, for as long as it is told; answers when the run waits. */
async function onTrial(node: string, tries = '5m'): Promise<RunningGha> {
  const run = startGha(['rollout', '--to', NEW, '--limit', node, '--try', tries, '--yes', '-c', file])
  running = run
  await eventually(`${node} is on trial`, TURN_MILLISECONDS, () => {
    if (run.process.exitCode !== null) throw new Error(run.said())
    return run.said().includes('On trial for')
  })
  return run
}

/** What each node runs, and what gha.yaml wishes. */
async function versions() {
  const {nodes} = JSON.parse((await gha('status', '-o', 'json')).stdout)
  const wished = /^ {2}version: (\S+)$/m.exec(readFileSync(file, 'utf8'))?.[1]
  return [...nodes.map(({version}: {readonly version: string}) => version), wished]
}

const errorOf = async (...words: readonly string[]) => {
  const {code, stdout} = await gha(...words, '-o', 'json')
  return {exit: code, code: JSON.parse(stdout).error?.code}
}

describe('a rollout on trial', () => {
  it('goes back when nobody confirms it in time', async () => {
    const {ended} = await onTrial('gf1', '3s')
    const {code, stderr} = await ended
    expect(code, stderr).toBe(9)
    expect(stderr).toContain('It was on trial and is undone: nobody confirmed it in time.')
    expect(await versions()).toEqual([OLD, OLD, OLD])
    const {runs} = JSON.parse((await gha('rollout', 'history', '-o', 'json')).stdout)
    expect(runs.slice(0, 2)).toMatchObject([
      {result: 'done', verb: 'undo'},
      {result: 'unconfirmed', verb: 'rollout'},
    ])
  })

  it('goes back at once on Ctrl-C', async () => {
    const {process, ended} = await onTrial('gf1')
    process.kill('SIGINT')
    const {code, stderr} = await ended
    expect(code, stderr).toBe(9)
    expect(stderr).toContain('Ending the trial, and undoing what was tried; press Ctrl-C again to stop at once.')
    expect(stderr).toContain('It was on trial and is undone: interrupted here.')
    expect(await versions()).toEqual([OLD, OLD, OLD])
  })

  it('is kept by one word of another gha, and only while it waits', async () => {
    expect(await errorOf('rollout', 'confirm')).toEqual({exit: 8, code: 'NO_RUN'})
    const {ended} = await onTrial('gf1')
    expect(await errorOf('rollout', 'pause')).toEqual({exit: 8, code: 'ON_TRIAL'})
    const {code, stderr} = await gha('rollout', 'confirm', '--reason', 'looks right')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('has heard it: what it has brought is kept.')
    expect(['NOT_TRYING', 'NO_RUN']).toContain((await errorOf('rollout', 'confirm')).code)
    const run = await ended
    expect(run.code, run.stderr).toBe(10)
    expect(run.stderr).toMatch(/It was on trial and is kept: confirmed by \S+@\S+: looks right\.$/m)
    expect(await versions()).toEqual([NEW, OLD, NEW])
  })

  it('stays as it is when its gha is killed, says so, and is gone back from by hand', async () => {
    const {process, ended} = await onTrial('gf2')
    process.kill('SIGKILL')
    await ended
    expect((await gha('rollout', 'status')).stdout).toContain('cut while it waited to be confirmed')
    const late = await gha('rollout', 'confirm')
    expect(late.code).toBe(8)
    expect(late.stderr).toContain('`gha rollout undo` goes back')
    expect(await versions()).toEqual([NEW, NEW, NEW])
    const next = await gha('rollout', '--yes')
    expect(next.code, next.stderr).toBe(0)
    expect(next.stderr).toContain('this run takes it as it is')
    const undo = await gha('rollout', 'undo', '--yes')
    expect(undo.code, undo.stderr).toBe(0)
    expect(await versions()).toEqual([NEW, OLD, OLD])
  })
})
