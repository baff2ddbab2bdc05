import {spawn} from 'node:child_process'
import {mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'

const SCRIPT = path.join(import.meta.dirname, '..', '..', '..', 'scripts', 'demo.mjs')

export interface DemoEnded {
  readonly exitCode: number
  readonly output: string
  /** What it left: names in its temporary folder, and command lines that speak of it. */
  readonly left: readonly string[]
}

/** Runs the demo in a temporary folder of its own, and interrupts it once its output contains the words. */
export async function runDemo(words: readonly string[], interruptAt?: string): Promise<DemoEnded> {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'gha-demo-test-')))
  // In a process group of its own, as a terminal would give it: Ctrl-C reaches all of it.
  const child = spawn(process.execPath, [SCRIPT, ...words], {
    env: {...process.env, TMPDIR: folder, NO_COLOR: '1'},
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  let interrupted = false
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += chunk
      if (interrupted || !interruptAt || !output.includes(interruptAt)) return
      interrupted = true
      process.kill(-(child.pid ?? 0), 'SIGINT')
    })
  }
  const exitCode = await new Promise<number>(resolve => child.on('close', code => resolve(code ?? -1)))
  // gha keeps compiled code for its next start there.
  const left = [...readdirSync(folder).filter(name => name !== `gha-${process.getuid?.()}`), ...processesOf(folder)]
  rmSync(folder, {recursive: true})
  return {exitCode, output, left}
}

function processesOf(folder: string): string[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
  return pids.map(read).filter(text => text.includes(folder))
}

function read(pid: string): string {
  try {
    return ['cmdline', 'environ'].map(name => readFileSync(`/proc/${pid}/${name}`, 'utf8')).join('\0')
  } catch {
    return ''
  }
}

/** The figure behind a name on the last screen. */
export function figure(output: string, name: string): number {
  return Number(new RegExp(`^  ${name} +(\\d+)`, 'm').exec(output)?.[1])
}
