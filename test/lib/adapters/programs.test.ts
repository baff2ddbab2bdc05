import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {localPrograms} from '../../../src/lib/adapters/programs.ts'

const programs = localPrograms()
const node = process.execPath
const folder = mkdtempSync(path.join(tmpdir(), 'gha-programs-'))
afterAll(() => rmSync(folder, {recursive: true}))

/** One that nobody has waited for yet runs no more either. */
function isRunning(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('localPrograms', () => {
  it('hands words to a program as they are, without a shell', async () => {
    expect(await programs.output([node, '-p', 'process.argv[1]', '$(id) "x"'], '/')).toBe('$(id) "x"\n')
  })

  it('says how a program failed and shows nothing of its output', async () => {
    const script = 'console.log("hidden"); console.error("vault is sealed"); process.exit(3)'
    await expect(programs.output([node, '-e', script], '/')).rejects.toThrow('exit code 3, vault is sealed')
    await expect(programs.output([node, '-e', script], '/')).rejects.not.toThrow('hidden')
  })

  it('gives one a time of months where that is asked for', async () => {
    expect(await programs.output(['/bin/sh', '-c', 'sleep 0.2; echo done'], '/', {deadlineSeconds: 999 * 3600})).toBe(
      'done\n',
    )
  })

  it('ends one that is to end, and all that it has started', async () => {
    const over = new AbortController()
    const started = path.join(folder, 'started')
    const script = `sleep 600 & echo $! >'${started}.new'; mv '${started}.new' '${started}'; sleep 600`
    const output = programs.output(['/bin/sh', '-c', script], '/', {signal: over.signal})
    const ended = expect(output).rejects.toThrow('it was ended')
    await expect.poll(() => existsSync(started)).toBe(true)
    over.abort()
    await ended
    const pid = readFileSync(started, 'utf8').trim()
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  it('ends one that does not listen after three seconds', async () => {
    const over = new AbortController()
    const started = path.join(folder, 'deaf')
    const script = `trap '' TERM; echo >'${started}'; while :; do sleep 600; done`
    const output = programs.output(['/bin/sh', '-c', script], '/', {signal: over.signal})
    const ended = expect(output).rejects.toThrow('it was ended')
    await expect.poll(() => existsSync(started)).toBe(true)
    const since = performance.now()
    over.abort()
    await ended
    expect(performance.now() - since).toBeGreaterThan(2900)
    expect(performance.now() - since).toBeLessThan(20_000)
  })

  it('ends at once one that is to end already, and leaves alone what has ended', async () => {
    const output = programs.output(['/bin/sleep', '600'], '/', {signal: AbortSignal.abort()})
    await expect(output).rejects.toThrow('it was ended')
    const over = new AbortController()
    expect(await programs.output(['/bin/echo', 'done'], '/', {signal: over.signal})).toBe('done\n')
    over.abort()
  })

  it('says when there is no such program', async () => {
    await expect(programs.output(['gha-no-such-program'], '/')).rejects.toThrow('no such program')
  })
})
