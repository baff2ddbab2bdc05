import {type ChildProcess, type ChildProcessByStdio, spawn} from 'node:child_process'
import process from 'node:process'
import type {Readable} from 'node:stream'
import type {Programs, ProgramWish} from '../ports/local.ts'
import {afterSeconds} from './after-seconds.ts'
import {collected} from './collected.ts'
import {endGroup} from './hook/end-group.ts'

const DEADLINE_SECONDS = 60
/** Between the request to end and the end. */
const GRACE_MILLISECONDS = 3000

/** Programs of this machine, without a shell. They may ask on the terminal: a password manager does. */
export function localPrograms(): Programs {
  return {output: run}
}

function run(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  {deadlineSeconds = DEADLINE_SECONDS, signal}: ProgramWish = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child: ChildProcessByStdio<null, Readable, Readable> = spawn(program, args, {
      cwd,
      detached: signal !== undefined,
      stdio: [signal ? 'ignore' : 'inherit', 'pipe', 'pipe'],
    })
    const kill = () => (signal ? endGroup(child.pid, 'SIGKILL') : child.kill('SIGKILL'))
    const release = signal ? endedBy(signal, child, reject) : () => undefined
    const fail = (why: string) => {
      clearTimeout(deadline)
      release()
      kill()
      reject(new Error(why))
    }
    const deadline = afterSeconds(deadlineSeconds, () => fail(`did not end within ${deadlineSeconds} s`))
    const tooMuch = () => fail('prints more than 1 MiB')
    const output = collected(child.stdout, tooMuch)
    const complaint = collected(child.stderr, tooMuch)
    child.on('error', error => fail(unstartable(error)))
    child.on('close', (code, how) => {
      clearTimeout(deadline)
      release()
      if (code === 0) resolve(output().toString('utf8'))
      else reject(new Error(ended({code, signal: how, complaint: complaint().toString('utf8')})))
    })
  })
}

/** What it leaves running may hold its outputs open for ever, so nobody waits for those. Answers what takes the watch away. */
function endedBy(signal: AbortSignal, child: ChildProcess, reject: (error: Error) => void): () => void {
  const kill = () => endGroup(child.pid, 'SIGKILL')
  let killing: NodeJS.Timeout | undefined
  const end = () => {
    endGroup(child.pid, 'SIGTERM')
    killing = setTimeout(kill, GRACE_MILLISECONDS)
    child.once('exit', () => {
      kill()
      reject(new Error('it was ended'))
    })
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end, {once: true})
  // A second Ctrl-C ends gha from one moment to the next.
  process.once('exit', kill)
  return () => {
    clearTimeout(killing)
    signal.removeEventListener('abort', end)
    process.off('exit', kill)
  }
}

function unstartable(error: Error): string {
  return 'code' in error && error.code === 'ENOENT' ? 'no such program' : error.message
}

interface End {
  readonly code: number | null
  readonly signal: string | null
  readonly complaint: string
}

function ended({code, signal, complaint}: End): string {
  const how = code === null ? `ended by ${signal}` : `exit code ${code}`
  const [first = ''] = complaint.trim().split('\n')
  return first ? `${how}, ${first}` : how
}
