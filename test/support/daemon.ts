import {type ChildProcess, execFile, execFileSync, spawn} from 'node:child_process'
import {setTimeout as sleep} from 'node:timers/promises'

const READY_MS = 30_000
const POLL_MS = 40
const STOP_MS = 8000

export interface Account {
  readonly uid: number
  readonly gid: number
}

export interface Daemon {
  readonly pid: number
  readonly output: () => string
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>
}

export interface DaemonOptions {
  readonly argv: readonly string[]
  readonly account?: Account | undefined
  readonly input?: string
  readonly cwd?: string
  readonly stopSignal?: NodeJS.Signals
  /** Throws as long as the server does not answer yet. */
  readonly ready: () => Promise<unknown>
}

/** Starts a server in the foreground, waits until it answers, and ends it with this process at the latest. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const [program = '', ...words] = options.argv
  let output = ''
  const child = spawn(program, words, {...options.account, cwd: options.cwd ?? '/', stdio: ['pipe', 'pipe', 'pipe']})
  const collect = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000)
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  child.on('error', error => collect(Buffer.from(String(error))))
  const atExit = () => child.kill('SIGKILL')
  process.once('exit', atExit)
  const stop = async (signal: NodeJS.Signals = options.stopSignal ?? 'SIGTERM') => {
    process.removeListener('exit', atExit)
    await end(child, signal)
  }
  try {
    await answer(child, options.ready, () => output)
  } catch (error) {
    await stop('SIGKILL')
    throw error
  }
  return {pid: child.pid ?? 0, output: () => output, stop}
}

/** The first of these users that exists, when this process is root; a server then runs as that user. */
export function unprivileged(...names: readonly string[]): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of [...names, 'nobody']) {
    try {
      return {uid: idOf('-u', name), gid: idOf('-g', name)}
    } catch {
      // the next name may exist
    }
  }
  return undefined
}

/** Runs a program to its end; its output is in the error when it fails. */
export function run(argv: readonly string[], account?: Account): Promise<string> {
  const [program = '', ...words] = argv
  return new Promise((resolve, reject) => {
    execFile(program, words, {...account, cwd: '/', encoding: 'utf8'}, (error, stdout, stderr) =>
      error ? reject(new Error(`${program} failed: ${stdout}${stderr}`, {cause: error})) : resolve(stdout),
    )
  })
}

async function answer(child: ChildProcess, ready: () => Promise<unknown>, output: () => string): Promise<void> {
  const until = Date.now() + READY_MS
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${child.spawnfile} ended while starting: ${output()}`)
    try {
      await ready()
      return
    } catch (error) {
      if (Date.now() > until) throw new Error(`${child.spawnfile} did not answer: ${output()}`, {cause: error})
      await sleep(POLL_MS)
    }
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  child.kill(signal)
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await gone
  clearTimeout(killer)
}

function idOf(flag: '-u' | '-g', name: string): number {
  return Number(execFileSync('id', [flag, name], {encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}))
}
