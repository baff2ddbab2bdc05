import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {fenced} from '../../../src/lib/host/fence.ts'
import {eventually} from '../../support/eventually.ts'
import {LocalHost} from '../../support/local-host.ts'

let state: string
beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 'gha-fence-'))
})
afterEach(() => rmSync(state, {recursive: true}))

const script = (body: string) =>
  fenced({
    name: 'try',
    state,
    lease: {run: 'r1', generation: 3},
    body,
    deadlineSeconds: 30,
    parse: records => records.get('answer')?.[0],
  })

describe('a script behind the fence', () => {
  it('gives its answer, and says why it failed', async () => {
    const host = new LocalHost('gf1')
    expect(await host.run(script('record answer "$(cat)"; echo noise >&2'))).toBe('')
    await expect(host.run(script('fail "no such thing"'))).rejects.toThrow('try failed: no such thing')
    await expect(host.run(script('echo "dpkg says no" >&2; exit 7'))).rejects.toThrow('try failed: dpkg says no')
  })

  it('leaves nothing of its own behind', async () => {
    const said = await new LocalHost('gf1').run(script('[ -d "$said" ] && record answer "$said"'))
    expect(said).toMatch(/^\/.*\./)
    expect(existsSync(said ?? '')).toBe(false)
    expect(readdirSync(state).sort()).toEqual(['guard', 'journal'])
  })

  it('leaves nothing behind when its deadline ends it', async () => {
    const {text} = script('echo "$said" >"$state/folder"; sleep 30')
    const child = spawn('timeout', ['-k', '5', '0.5', 'sh', '-c', text], {stdio: 'ignore'})
    const code = await new Promise(resolve => child.once('exit', resolve))
    const folder = readFileSync(path.join(state, 'folder'), 'utf8').trim()
    expect({code, folder, left: existsSync(folder)}).toEqual({
      code: 124,
      folder: expect.stringMatching(/\S/),
      left: false,
    })
  })

  it('goes on to its end when nobody listens any more', async () => {
    const {text} = script('sleep 0.3; seq 20000; seq 20000 >&2; echo whole >"$state/done"')
    const child = spawn('sh', ['-c', text], {stdio: ['ignore', 'pipe', 'pipe']})
    child.stdout.destroy()
    child.stderr.destroy()
    await eventually('the script ends', 10_000, () => existsSync(path.join(state, 'done')))
    expect(readFileSync(path.join(state, 'done'), 'utf8')).toBe('whole\n')
  })

  it('does not begin where a newer run was seen', async () => {
    const host = new LocalHost('gf1')
    await host.run(script('echo 4 >"$state/generation"'))
    await expect(host.run(script('touch "$state/ran"'))).rejects.toMatchObject({code: 'FENCED'})
    expect(existsSync(path.join(state, 'ran'))).toBe(false)
  })
})
