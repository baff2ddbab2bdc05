import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {tarballName} from '../double/dist.ts'
import {NODE_PLACES} from '../sandbox/grafana-service.ts'
import {initWords} from '../sandbox/init-words.ts'
import {clearLeftovers} from '../sandbox/leftovers.ts'
import {packDouble} from '../sandbox/packages.ts'
import {type Sandbox, startSandbox} from '../sandbox/sandbox.ts'
import {needBuild, runGha} from '../support/gha.ts'

const [OLD, NEW] = ['12.1.0', '12.1.1'] as const

describe('a rollout of a Grafana that somebody else brings', () => {
  let directory: string
  let file: string
  let sandbox: Sandbox

  const gha = (...words: readonly string[]) => runGha([...words, '-c', file])
  const packages = () => path.join(directory, 'packages')

  /** As somebody with a tarball and no gha would: the link to another folder, and no restart. */
  function bring(version: string, node: string) {
    const home = path.join(directory, node, NODE_PLACES.home)
    const unpacked = `${home}-${version}`
    mkdirSync(unpacked, {recursive: true})
    execFileSync('tar', ['-xzf', path.join(packages(), tarballName(version)), '-C', unpacked, '--strip-components=1'])
    rmSync(home, {force: true})
    symlinkSync(unpacked, home)
  }

  async function running() {
    const {nodes} = JSON.parse((await gha('status', '-o', 'json')).stdout)
    return nodes.map(({version}: {readonly version: string}) => version)
  }

  beforeAll(async () => {
    needBuild()
    directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'gha-brought-')))
    sandbox = await startSandbox({directory, nodes: 2})
    await packDouble([OLD, NEW], packages())
    const folder = path.join(directory, 'cluster')
    file = path.join(folder, 'gha.yaml')
    const wish = {version: OLD, packages: packages(), directory: folder}
    expect(await runGha(['init', ...initWords(sandbox, wish)])).toMatchObject({code: 0})
    writeFileSync(file, broughtBy(readFileSync(file, 'utf8'), directory))
    for (const {name} of sandbox.nodes) bring(OLD, name)
    expect(await gha('apply', '--yes')).toMatchObject({code: 0})
  }, 300_000)

  afterAll(async () => {
    await sandbox?.stop()
    await clearLeftovers(directory)
    rmSync(directory, {recursive: true})
  })

  it('is refused with 8 while nobody has brought it, and every node runs on as before', async () => {
    const before = readFileSync(file, 'utf8')
    const {code, stderr} = await gha('rollout', '--to', NEW, '--yes')
    expect(code, stderr).toBe(8)
    expect(stderr).toContain(
      'nobody has brought the Grafana that is wished: gf1 has 12.1.0, not 12.1.1; gf2 has 12.1.0, not 12.1.1',
    )
    expect(stderr).toContain('then run the same command again')
    expect(await running()).toEqual([OLD, OLD])
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it('takes the node that has it through the whole turn, and then the other', async () => {
    bring(NEW, 'gf1')
    expect(await running()).toEqual([OLD, OLD])
    const first = await gha('rollout', '--to', NEW, '--limit', 'gf1', '--yes')
    expect(first.code, first.stderr).toBe(10)
    expect(await running()).toEqual([NEW, OLD])
    bring(NEW, 'gf2')
    const second = await gha('rollout', '--yes')
    expect(second.code, second.stderr).toBe(0)
    expect(await running()).toEqual([NEW, NEW])
  })

  it('has nothing left to do', async () => {
    const {code, stderr} = await gha('rollout', '--yes')
    expect(code, stderr).toBe(0)
    expect(stderr).toContain('nothing to do')
  })
})

/** The paths are a tarball's still, which gha does not guess where it does not unpack one. */
function broughtBy(text: string, directory: string): string {
  const inNode = (place: string) => path.join(directory, '{node}', place)
  const {home, data} = NODE_PLACES
  const paths = {
    config: inNode(path.join(home, 'conf', 'custom.ini')),
    logs: inNode(path.join(data, 'log')),
    provisioning: inNode(path.join(data, 'provisioning')),
  }
  const lines = Object.entries(paths).map(([key, value]) => `    ${key}: ${JSON.stringify(value)}`)
  return text
    .replace(/^ {2}install:.*\n(?: {4}.*\n)*/m, '  install: { method: none }\n')
    .replace(/^ {2}paths:\n/m, `  paths:\n${lines.join('\n')}\n`)
    .replace('minHealthyTime: 5s', 'minHealthyTime: 1s\n  probe: { soak: 0s }')
}
