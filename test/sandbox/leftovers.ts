import {appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

/** Everything that the sandbox runs over SSH carries this name in its environment, with the sandbox's folder. */
export const MARK = 'GHA_SANDBOX'

const FILE = 'leftovers'
const OWNER = 'owner'
const PATIENCE_MS = 8000

/** One sandbox per folder: the process that holds it is named there. */
export function claimFolder(directory: string): void {
  const owner = ownerOf(directory)
  if (owner) throw new Error(`a sandbox already runs in ${directory} (process ${owner})`)
  writeFileSync(path.join(directory, OWNER), `${process.pid} ${startTime(process.pid)}\n`)
}

export function releaseFolder(directory: string): void {
  rmSync(path.join(directory, OWNER), {force: true})
}

/** The process that runs the sandbox in this folder, if one does. */
export function ownerOf(directory: string): number | undefined {
  const file = path.join(directory, OWNER)
  const [pid, started] = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : []
  return pid && started && startTime(Number(pid)) === started ? Number(pid) : undefined
}

/** Notes a process by its id and start time, so that a reused id is never ended. */
export function rememberProcess(directory: string, pid: number, signal: NodeJS.Signals = 'SIGTERM'): void {
  appendFileSync(path.join(directory, FILE), `process ${pid} ${startTime(pid)} ${signal}\n`)
}

/** Notes a folder outside the sandbox's own, to be removed at the end. */
export function rememberFolder(directory: string, folder: string): void {
  appendFileSync(path.join(directory, FILE), `folder ${folder}\n`)
}

/** Ends every noted or marked process, the noted ones last, and removes the noted folders. Safe to repeat. */
export async function clearLeftovers(directory: string): Promise<void> {
  const notes = readNotes(directory)
  await end(() => marked(directory), 'SIGTERM')
  for (const {pid, started, signal} of notes.processes) {
    await end(() => (startTime(pid) === started && started !== '' ? [pid] : []), signal)
  }
  for (const folder of notes.folders) rmSync(folder, {recursive: true, force: true})
  rmSync(path.join(directory, FILE), {force: true})
}

/** Processes that carry this sandbox's mark, whoever started them. */
export function marked(directory: string): number[] {
  const mark = `${MARK}=${directory}`
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter(name => readProc(`${name}/environ`).split('\0').includes(mark))
    .map(Number)
}

function readNotes(directory: string) {
  const file = path.join(directory, FILE)
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const processes = lines.filter(line => line.startsWith('process ')).map(readProcessNote)
  const folders = lines.filter(line => line.startsWith('folder ')).map(line => line.slice('folder '.length))
  return {processes: processes.reverse(), folders}
}

function readProcessNote(line: string) {
  const [, pid, started = '', signal] = line.split(' ')
  return {pid: Number(pid), started, signal: signal as NodeJS.Signals}
}

async function end(find: () => number[], signal: NodeJS.Signals): Promise<void> {
  for (const pid of find()) send(pid, signal)
  const deadline = Date.now() + PATIENCE_MS
  while (find().length > 0 && Date.now() < deadline) await sleep(50)
  for (const pid of find()) send(pid, 'SIGKILL')
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Field 22 of /proc/PID/stat; empty for a process that is gone or only waits to be reaped. */
function startTime(pid: number): string {
  const fields = readProc(`${pid}/stat`).split(') ')[1]?.split(' ') ?? []
  const FIELDS_BEFORE_STATE = 3
  return fields[0] === 'Z' ? '' : (fields[22 - FIELDS_BEFORE_STATE] ?? '')
}

function readProc(name: string): string {
  try {
    return readFileSync(`/proc/${name}`, 'utf8')
  } catch {
    return ''
  }
}
