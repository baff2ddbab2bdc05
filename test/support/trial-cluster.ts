import {existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, expect} from 'vitest'
import {stringify} from 'yaml'
import {HOOK_NAMES, type HookName} from '../../src/lib/model/hook.ts'
import {NODE_PLACES} from '../sandbox/grafana-service.ts'
import {initWords} from '../sandbox/init-words.ts'
import {clearLeftovers} from '../sandbox/leftovers.ts'
import {packDouble} from '../sandbox/packages.ts'
import {type Sandbox, startSandbox} from '../sandbox/sandbox.ts'
import {eventually} from './eventually.ts'
import {type GhaRun, needBuild, type RunningGha, runGha, startGha} from './gha.ts'

export const [OLD, NEW] = ['12.1.0', '12.1.1'] as const
const TURN_MILLISECONDS = 120_000

/** Registers a sandbox of two nodes on the old version; a run may try the new one. */
export function trialCluster() {
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

  function start(...words: readonly string[]): RunningGha {
    running = startGha([...words, '-c', file])
    return running
  }

  /** One node is tried, for as long as it is told, with a page about it; answers when the run waits. */
  async function onTrial(node: string, tries = '5m'): Promise<RunningGha> {
    const words = ['--to', NEW, '--limit', node, '--try', tries, '--report', path.join(directory, 'report', 'run.html')]
    const run = start('rollout', ...words, '--yes')
    await eventually(`${node} is on trial`, TURN_MILLISECONDS, () => {
      if (run.process.exitCode !== null) throw new Error(run.said())
      return run.said().includes('On trial for')
    })
    return run
  }

  /** The package of that version cannot be had any more, neither on the node nor beside gha.yaml. */
  function forget(node: string, version: string): void {
    rmSync(path.join(directory, node, `${NODE_PLACES.home}.releases`, version, '.gha-complete'))
    for (const name of readdirSync(path.join(directory, 'packages')))
      if (name.includes(version)) rmSync(path.join(directory, 'packages', name))
  }

  /** What gha.yaml wishes. */
  const wished = () => /^ {2}version: (\S+)$/m.exec(readFileSync(file, 'utf8'))?.[1]

  /** Where journals go there is no folder, and none can be made; what lay there is gone. */
  function refuseJournals(): void {
    const folder = path.join(path.dirname(file), '.gha')
    rmSync(folder, {recursive: true})
    writeFileSync(folder, '')
  }

  const notes = () => path.join(directory, 'hooks')

  /** Every hook of gha.yaml notes that it ran; one of them may then fail. */
  function noteHooks(failing?: HookName): void {
    const note = `echo $GHA_HOOK $GHA_NODE $GHA_OUTCOME >>${notes()}`
    const programs = HOOK_NAMES.map(name => [name, ['sh', '-c', name === failing ? `${note}; exit 7` : note]])
    const [bare] = readFileSync(file, 'utf8').split(/^hooks:/m)
    writeFileSync(file, `${bare}${stringify({hooks: Object.fromEntries(programs)})}`)
  }

  /** The hooks that ran, in their order; each is told once. */
  function hooksRun(): readonly string[] {
    if (!existsSync(notes())) return []
    const lines = readFileSync(notes(), 'utf8').trim().split('\n')
    rmSync(notes())
    return lines
  }

  /** What each node runs, and what gha.yaml wishes. */
  async function versions() {
    const {nodes} = JSON.parse((await gha('status', '-o', 'json')).stdout)
    return [...nodes.map(({version}: {readonly version: string}) => version), wished()]
  }

  const errorOf = async (...words: readonly string[]) => {
    const {code, stdout} = await gha(...words, '-o', 'json')
    return {exit: code, code: JSON.parse(stdout).error?.code}
  }

  /** The page about the last trial; taken away, so that nobody reads it twice. */
  function report(): string {
    const page = path.join(directory, 'report', 'run.html')
    const text = readFileSync(page, 'utf8')
    rmSync(page)
    return text
  }

  const clusterFile = () => file

  return {
    gha,
    start,
    onTrial,
    versions,
    wished,
    errorOf,
    report,
    forget,
    refuseJournals,
    noteHooks,
    hooksRun,
    clusterFile,
  }
}
