import {spawn} from 'node:child_process'
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {pathToFileURL} from 'node:url'
import {expect, it} from 'vitest'
import {eventually} from '../../support/eventually.ts'

const MODULE = pathToFileURL(path.join(import.meta.dirname, 'base.ts')).href

it.each(['SIGKILL', 'SIGTERM'] as const)('takes the making of a base along when %s ends the maker', async signal => {
  const folder = mkdtempSync(path.join(tmpdir(), 'gha-lab-apart-'))
  try {
    const script = path.join(folder, 'make.sh')
    const started = path.join(folder, 'started')
    writeFileSync(
      script,
      `mkdir ${folder}/m; mount -t tmpfs tmpfs ${folder}/m\necho > ${started}\n(sleep 300; :) & sleep 301\n`,
    )
    const code = `import {apart} from '${MODULE}'; await apart(['${script}'], {})`
    const maker = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {stdio: 'ignore'})
    await eventually('the script runs', 60_000, () => existsSync(started))
    expect(running(script)).not.toEqual([])
    maker.kill(signal)
    await eventually('the script is gone', 5000, () => running(script).length === 0)
    expect(readFileSync('/proc/mounts', 'utf8')).not.toContain(folder)
  } finally {
    rmSync(folder, {recursive: true})
  }
})

function running(script: string): readonly string[] {
  return readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && commandLine(pid).includes(`sh\0${script}\0`))
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
