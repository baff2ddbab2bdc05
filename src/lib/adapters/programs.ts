import {spawn} from 'node:child_process'
import type {Programs} from '../ports/local.ts'
import {collected} from './collected.ts'

const DEADLINE_SECONDS = 60

/** Programs of this machine, without a shell. They may ask on the terminal: a password manager does. */
export function localPrograms(): Programs {
  return {output: run}
}

function run(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  deadlineSeconds = DEADLINE_SECONDS,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {cwd, stdio: ['inherit', 'pipe', 'pipe']})
    const fail = (why: string) => {
      clearTimeout(deadline)
      child.kill('SIGKILL')
      reject(new Error(why))
    }
    const deadline = setTimeout(() => fail(`did not end within ${deadlineSeconds} s`), deadlineSeconds * 1000)
    const tooMuch = () => fail('prints more than 1 MiB')
    const output = collected(child.stdout, tooMuch)
    const complaint = collected(child.stderr, tooMuch)
    child.on('error', error => fail(unstartable(error)))
    child.on('close', (code, signal) => {
      clearTimeout(deadline)
      if (code === 0) resolve(output().toString('utf8'))
      else reject(new Error(ended({code, signal, complaint: complaint().toString('utf8')})))
    })
  })
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
