import {type ChildProcess, spawn} from 'node:child_process'
import {closeSync, openSync} from 'node:fs'
import {execa} from 'execa'

export type Argv = readonly [string, ...string[]]

export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

const LIMIT_MS = 120_000

/** Runs a program to its end and says how it ended; one that a signal or the deadline ended has exit code -1. */
export async function run(argv: Argv, options: RunOptions = {}): Promise<Outcome> {
  const [program, ...words] = argv
  const {exitCode, stdout, stderr, originalMessage} = await execa(program, words, {
    reject: false,
    stripFinalNewline: false,
    timeout: options.timeoutMs ?? LIMIT_MS,
    input: options.input ?? '',
    ...(options.env && {env: options.env}),
    ...(options.cwd && {cwd: options.cwd}),
    ...(options.signal && {cancelSignal: options.signal}),
  })
  return {
    exitCode: exitCode ?? -1,
    stdout,
    stderr: exitCode === undefined ? `${stderr}${originalMessage ?? ''}` : stderr,
  }
}

/** Standard output of a program that has to succeed. */
export async function must(argv: Argv, options: RunOptions = {}): Promise<string> {
  const {exitCode, stdout, stderr} = await run(argv, options)
  if (exitCode !== 0)
    throw new Error(`${argv.join(' ')} ended with ${exitCode}\n${stdout.slice(-2000)}${stderr.slice(-2000)}`)
  return stdout
}

/** Starts a program that outlives this one, in a session of its own, and gives its process id. */
export function startDetached(argv: Argv, logFile: string): number {
  const [program, ...words] = argv
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn(program, words, {detached: true, cwd: '/', stdio: ['ignore', log, log]})
  closeSync(log)
  child.on('error', () => {})
  child.unref()
  return pidOf(child, program)
}

function pidOf(child: ChildProcess, program: string): number {
  if (child.pid === undefined) throw new Error(`${program} cannot be started`)
  return child.pid
}
