import {type ChildProcess, spawn} from 'node:child_process'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {writeDist} from '../double/dist.ts'
import {freePort} from './free-port.ts'

export interface DoubleOptions {
  readonly version?: string
  /** Lines of grafana.ini besides address and port. */
  readonly settings?: string
  readonly fault?: string
  readonly env?: Readonly<Record<string, string>>
  readonly arguments?: readonly string[]
  readonly port?: number
}

export interface RunningDouble {
  readonly home: string
  /** The file that it reads. */
  readonly config: string
  readonly port: number
  readonly url: string
  readonly pid: number
  readonly output: () => string
  /** Ends with the exit status. */
  readonly exited: Promise<number>
  readonly get: (place: string, init?: RequestInit) => Promise<Response>
  readonly signal: (signal: NodeJS.Signals) => void
  readonly stop: () => Promise<number>
}

const READY_MS = 40_000
const running = new Set<RunningDouble>()
const trees = new Map<string, Promise<string>>()

/** Starts a double from a packaged tree of its version and waits until it listens. */
export async function startDouble(options: DoubleOptions = {}): Promise<RunningDouble> {
  const double = await launchDouble(options)
  const until = Date.now() + READY_MS
  let status: number | undefined
  void double.exited.then(code => {
    status = code
  })
  while (!double.output().includes('HTTP Server Listen')) {
    if (status !== undefined) throw new Error(`the double ended with ${status}: ${double.output()}`)
    if (Date.now() > until) throw new Error(`the double does not listen: ${double.output()}`)
    await sleep(15)
  }
  return double
}

/** Starts a double that may refuse to: look at `exited` and `output`. */
export async function launchDouble(options: DoubleOptions = {}): Promise<RunningDouble> {
  const home = await treeOf(options.version ?? '12.1.0')
  const port = options.port ?? (await freePort())
  const own = mkdtempSync(path.join(tmpdir(), 'gha-double-run-'))
  const config = path.join(own, 'grafana.ini')
  writeFileSync(config, `[server]\nhttp_addr = 127.0.0.1\nhttp_port = ${port}\n${options.settings ?? ''}\n`)
  const child = spawn(
    path.join(home, 'bin', 'grafana'),
    [
      ...[
        'server',
        `--homepath=${home}`,
        `--config=${config}`,
        `--pidfile=${path.join(own, 'pid')}`,
        '--packaging=deb',
      ],
      ...[`cfg:default.paths.data=${own}/data`, `cfg:default.paths.logs=${own}/logs`, 'cfg:default.log.mode=console'],
      ...(options.arguments ?? []),
    ],
    {
      cwd: own,
      env: {PATH: process.env.PATH, DOUBLE_FAULT: options.fault, ...options.env},
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const double = describe(child, {home, config, port, remove: () => rmSync(own, {recursive: true, force: true})})
  running.add(double)
  return double
}

/** Ends whatever a test left running; for `afterEach`. */
export async function stopDoubles(): Promise<void> {
  await Promise.all([...running].map(double => double.stop()))
}

/** Ends what runs and removes the trees; for `afterAll`. */
export async function removeDoubles(): Promise<void> {
  await stopDoubles()
  for (const tree of trees.values()) rmSync(await tree, {recursive: true, force: true})
  trees.clear()
}

/** The packaged tree of a version, made once. */
export async function treeOf(version: string): Promise<string> {
  const tree = trees.get(version) ?? makeTree(version)
  trees.set(version, tree)
  return tree
}

async function makeTree(version: string): Promise<string> {
  const tree = mkdtempSync(path.join(tmpdir(), 'gha-double-tree-'))
  await writeDist(version, tree)
  return tree
}

function describe(
  child: ChildProcess,
  place: {home: string; config: string; port: number; remove: () => void},
): RunningDouble {
  let output = ''
  child.stdout?.on('data', chunk => {
    output += chunk
  })
  child.stderr?.on('data', chunk => {
    output += chunk
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = new Promise<number>(resolve => {
    child.once('error', error => {
      output += String(error)
      resolve(-1)
    })
    child.once('close', code => {
      process.removeListener('exit', kill)
      resolve(code ?? -1)
    })
  })
  const url = `http://127.0.0.1:${place.port}`
  const double: RunningDouble = {
    ...{
      home: place.home,
      config: place.config,
      port: place.port,
      url,
      pid: child.pid ?? 0,
      output: () => output,
      exited,
    },
    get: (where, init) => fetch(`${url}${where}`, {redirect: 'manual', ...init}),
    signal: signal => void child.kill(signal),
    stop: async () => {
      running.delete(double)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      const killer = setTimeout(kill, 10_000)
      const status = await exited
      clearTimeout(killer)
      place.remove()
      return status
    },
  }
  return double
}
