import {readdirSync, readFileSync, readlinkSync, statSync} from 'node:fs'
import {setTimeout as sleep} from 'node:timers/promises'

/** A process by number and start time, so that a reused number is not taken for it. */
export interface ProcessId {
  readonly pid: number
  readonly started: string
}

export function thisProcess(): ProcessId {
  return identify(process.pid)
}

export function identify(pid: number): ProcessId {
  return {pid, started: startTime(pid) ?? ''}
}

export function isAlive({pid, started}: ProcessId): boolean {
  return startTime(pid) === started
}

/** Every process whose network is one of these namespace files, whoever started it. */
export function processesIn(namespaceFiles: readonly string[]): readonly number[] {
  const wanted = new Set(namespaceFiles.flatMap(file => namespaceId(file) ?? []))
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => wanted.has(attempt(() => readlinkSync(`/proc/${pid}/ns/net`)) ?? ''))
}

/** Process 1 of a host, seen from outside: the one that counts as 1 in a process namespace just below ours. */
export function leaderIn(namespaceFile: string): number | undefined {
  return processesIn([namespaceFile]).find(pid => /^NSpid:\t\d+\t1$/m.test(statusOf(pid)))
}

export function parentOf(pid: number): number | undefined {
  const parent = /^PPid:\t(\d+)$/m.exec(statusOf(pid))?.[1]
  return parent ? Number(parent) : undefined
}

/** Kills what runs in these namespaces until nothing is left there. */
export async function killAllIn(namespaceFiles: readonly string[]): Promise<void> {
  const until = Date.now() + KILL_LIMIT_MS
  for (;;) {
    const left = processesIn(namespaceFiles).filter(pid => pid !== process.pid)
    if (left.length === 0) return
    if (Date.now() > until) throw new Error(`these processes do not end: ${left.join(', ')}`)
    for (const pid of left) signal(pid, 'SIGKILL')
    await sleep(20)
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  attempt(() => process.kill(pid, name))
}

const KILL_LIMIT_MS = 20_000

function namespaceId(file: string): string | undefined {
  const inode = attempt(() => statSync(file).ino)
  return inode === undefined ? undefined : `net:[${inode}]`
}

function startTime(pid: number): string | undefined {
  const text = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19]
}

function statusOf(pid: number): string {
  return attempt(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? ''
}

/** What a process shows may vanish between two looks. */
function attempt<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
