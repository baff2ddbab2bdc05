import {spawn} from 'node:child_process'
import {access, constants, stat} from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import type {Readable} from 'node:stream'
import {GhaError} from '../errors/gha-error.ts'
import type {HookEnd, HookOrder, HookPrograms} from '../ports/hook-programs.ts'
import {afterSeconds} from './after-seconds.ts'
import {endGroup} from './hook/end-group.ts'

/** Between the request to end and the end. */
const GRACE_MILLISECONDS = 3000
/** What a program leaves running may hold its outputs open for ever. */
const LAST_WORDS_MILLISECONDS = 500
const LONGEST_LINE = 8192

/** Words are words: no shell reads them. */
export function localHookPrograms({dryRun}: {readonly dryRun: boolean}): HookPrograms {
  return {isThere, run: dryRun ? refused : run}
}

/** One listener for all of them: Node warns of more than ten, and the hooks of as many nodes may run at a time. */
const underWay = new Set<() => void>()

function endsWithGha(kill: () => void): void {
  if (underWay.size === 0) process.off('exit', endAll).once('exit', endAll)
  underWay.add(kill)
}

function endAll(): void {
  for (const kill of underWay) kill()
}

function run(order: HookOrder): Promise<HookEnd> {
  const [program, ...words] = order.argv
  return new Promise(resolve => {
    const child = spawn(program, words, {
      cwd: order.folder,
      env: environmentOf(order),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const kill = () => endGroup(child.pid, 'SIGKILL')
    endsWithGha(kill)
    const heard = Promise.all([child.stdout, child.stderr].map(stream => linesOf(stream, order.onLine)))
    let late = false
    let killing: NodeJS.Timeout | undefined
    const deadline = afterSeconds(order.deadlineSeconds, () => {
      late = true
      endGroup(child.pid, 'SIGTERM')
      killing = setTimeout(kill, GRACE_MILLISECONDS)
    })
    const end = async (how: HookEnd) => {
      clearTimeout(deadline)
      clearTimeout(killing)
      underWay.delete(kill)
      if (late) kill()
      await Promise.race([heard, new Promise(over => setTimeout(over, LAST_WORDS_MILLISECONDS))])
      child.stdout.destroy()
      child.stderr.destroy()
      resolve(late ? {how: 'late'} : how)
    }
    child.on('error', error => end({how: 'not-started', reason: unstartable(error)}))
    child.on('exit', (code, signal) =>
      end(code === null ? {how: 'killed', signal: signal ?? 'a signal'} : {how: 'exited', code}),
    )
  })
}

/** Of a line without end the beginning is heard, once it ends: cut into several it would tell a secret in two parts. */
async function linesOf(stream: Readable, onLine: (line: string) => void): Promise<void> {
  let rest = ''
  stream.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split(/\r?\n/)
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE)
    for (const line of lines) onLine(line.slice(0, LONGEST_LINE))
  })
  await new Promise<void>(ended => stream.on('close', ended).on('error', () => ended()))
  if (rest !== '') onLine(rest)
}

function environmentOf({environment, isSecret}: HookOrder): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !name.startsWith('GHA_') && !isSecret(value),
  )
  return {...Object.fromEntries(own), ...environment}
}

async function isThere(program: string, folder: string): Promise<boolean> {
  const places = program.includes('/') ? [''] : (process.env['PATH'] ?? '').split(path.delimiter)
  for (const place of places) if (await isProgram(path.resolve(folder, place, program))) return true
  return false
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}

function unstartable(error: Error): string {
  return 'code' in error && error.code === 'ENOENT' ? 'there is no such program' : error.message
}

async function refused({argv}: HookOrder): Promise<never> {
  throw new GhaError(`a dry run was about to run the hook \`${argv[0]}\``, {
    code: 'DRY_RUN_MUTATION',
    exit: 'bug',
    unchanged: 'Nothing was changed.',
    hint: 'This is a mistake in gha: please report it with the command you ran.',
  })
}
