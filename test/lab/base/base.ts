import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readFileSync, utimesSync} from 'node:fs'
import path from 'node:path'
import {CACHE_FOLDER} from '../layout.ts'
import {type Argv, must, type RunOptions} from '../run.ts'

/** Folders that every host's file system is laid over. */
export interface Base {
  readonly key: string
  readonly base: string
  readonly balancer: string
}

const SCRIPTS = ['make-base.sh', 'make-layer.sh', 'configure-base.sh', 'configure-balancer.sh'].map(here)
const MAKE_LIMIT_MS = 900_000

/** The base for this version of its recipe and of Node; made when it is not there yet. */
export async function ensureBase(say: (line: string) => void, options: RunOptions = {}): Promise<Base> {
  const key = recipe()
  const base = {key, base: path.join(CACHE_FOLDER, `base-${key}`), balancer: path.join(CACHE_FOLDER, `balancer-${key}`)}
  if (!existsSync(base.base) || !existsSync(base.balancer)) {
    say('making the base of all hosts; this takes minutes, once')
    await apart([here('make-base.sh'), CACHE_FOLDER, key, path.dirname(process.execPath)], options)
  }
  const now = new Date()
  for (const folder of [base.base, base.balancer]) utimesSync(folder, now, now)
  return base
}

/** What apt knows after it has read a repository, as one more layer. */
export async function makeLists(
  request: {base: Base; apt: string; out: string},
  options: RunOptions = {},
): Promise<void> {
  if (existsSync(request.out)) return
  await apart([here('make-lists.sh'), request.base.base, request.apt, request.out], options)
}

/** Runs a script alone on this machine, with mounts and processes that end with it. */
export async function apart(words: readonly string[], options: RunOptions): Promise<void> {
  mkdirSync(CACHE_FOLDER, {recursive: true})
  const argv: Argv = [
    // Whatever ends this process, kill -9 too, ends the script.
    ...(['setpriv', '--pdeathsig', 'KILL', 'flock', '--no-fork', path.join(CACHE_FOLDER, '.lock')] as const),
    ...['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh'],
    ...words,
  ]
  await must(argv, {timeoutMs: MAKE_LIMIT_MS, ...options})
}

function recipe(): string {
  const hash = createHash('sha256').update(process.version).update(process.arch)
  for (const script of SCRIPTS) hash.update(readFileSync(script))
  return hash.digest('hex').slice(0, 12)
}

function here(name: string): string {
  return path.join(import.meta.dirname, name)
}
