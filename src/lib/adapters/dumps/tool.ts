import {spawn} from 'node:child_process'
import type {Socket} from 'node:net'
import {type Readable, Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {readToolVersion, type ToolVersion} from '../../backup/tool-version.ts'
import {GhaError} from '../../errors/gha-error.ts'

/** A tool that says nothing for so long hangs. */
const STALL_SECONDS = 300
const VERSION_SECONDS = 10
const MOST_COMPLAINT = 8 * 1024

export interface ToolRun {
  readonly argv: readonly [string, ...string[]]
  /** The whole environment: nothing of gha's own is inherited. */
  readonly env: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/**
 * With a host Debian's wrapper takes the newest tools there are; without one those of a cluster that this machine happens
 * to run, which may be older than the tools that make the dump.
 */
export const NEWEST = {PGHOST: '/'}

export class ToolError extends Error {
  /** What it wrote on its standard error, without control characters. */
  readonly complaint: string
  constructor(program: string, how: string, complaint: string) {
    super(`${program} ${how}${complaint ? `: ${gist(complaint)}` : ''}`)
    this.name = 'ToolError'
    this.complaint = complaint
  }
}

/**
 * Runs a client tool, its standard output through `consume`. Of a process group of its own: Ctrl-C at the terminal is
 * gha's to answer. It never outlives gha.
 * @throws ToolError, or what `consume` throws
 */
export async function runTool<T>({argv, env, signal}: ToolRun, consume: (output: Readable) => Promise<T>): Promise<T> {
  const [program, ...words] = argv
  const child = spawn(program, words, {cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], detached: true})
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  signal?.addEventListener('abort', kill, {once: true})
  if (signal?.aborted) kill()
  const stall = stalling(child.stdout as Socket, kill)
  const complaint = heard(child.stderr)
  const ended = new Promise<End>(resolve => {
    child.once('error', error => resolve({how: unstartable(error), started: false}))
    child.once('close', (code, killer) =>
      resolve({how: code === 0 ? undefined : howItEnded(code, killer), started: true}),
    )
  })
  try {
    const consumed = consume(child.stdout)
    consumed.catch(kill)
    const {how, started} = await ended
    signal?.throwIfAborted()
    if (!started) throw new ToolError(program, how ?? '', '')
    const result = await consumed
    if (stall.seen()) throw new ToolError(program, `said nothing for ${STALL_SECONDS} s and was stopped`, '')
    if (how !== undefined) throw new ToolError(program, how, complaint())
    return result
  } finally {
    stall.over()
    process.off('exit', kill)
    signal?.removeEventListener('abort', kill)
  }
}

/** @throws GhaError `BACKUP_TOOL_MISSING` | `BACKUP_TOOL_UNKNOWN` */
export async function toolVersion(program: string, search: string, hint: string): Promise<ToolVersion> {
  const run: ToolRun = {
    argv: [program, '--version'],
    env: {PATH: search, LC_ALL: 'C', ...NEWEST},
    signal: AbortSignal.timeout(VERSION_SECONDS * 1000),
  }
  const text = await runTool(run, textOf).catch((error: unknown) => {
    throw new GhaError(`this machine cannot run ${program}: ${error instanceof Error ? error.message : error}`, {
      code: 'BACKUP_TOOL_MISSING',
      exit: 'preflight',
      hint,
      cause: error,
    })
  })
  const version = readToolVersion(text)
  if (version) return version
  throw new GhaError(`${program} --version says nothing that gha understands: ${JSON.stringify(text.slice(0, 100))}`, {
    code: 'BACKUP_TOOL_UNKNOWN',
    exit: 'preflight',
    hint,
  })
}

async function textOf(output: Readable): Promise<string> {
  const chunks: Buffer[] = []
  await pipeline(
    output,
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk)
        done()
      },
    }),
  )
  return Buffer.concat(chunks).toString('utf8')
}

interface End {
  /** Undefined: well. */
  readonly how: string | undefined
  readonly started: boolean
}

function stalling(output: Socket, kill: () => void): {readonly seen: () => boolean; readonly over: () => void} {
  let seen = false
  let before = -1
  const timer = setInterval(() => {
    seen = output.bytesRead === before
    before = output.bytesRead
    if (seen) kill()
  }, STALL_SECONDS * 1000)
  return {seen: () => seen, over: () => clearInterval(timer)}
}

function heard(stream: Readable): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-MOST_COMPLAINT)
  })
  return () => text.replaceAll(/[^\P{Cc}\n]/gu, ' ').trim()
}

/** Tools say what was wrong first, and then what they were at. */
function gist(complaint: string): string {
  const lines = complaint.split('\n').map(line => line.trim())
  return lines.find(line => /error/i.test(line)) ?? lines.at(-1) ?? ''
}

function unstartable(error: Error): string {
  return 'code' in error && error.code === 'ENOENT' ? 'is not installed' : `cannot be started: ${error.message}`
}

function howItEnded(code: number | null, killer: string | null): string {
  return code === null ? `was ended by ${killer}` : `ended with code ${code}`
}
