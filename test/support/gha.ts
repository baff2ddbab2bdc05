import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import path from 'node:path'

export const GHA = path.resolve('bin', 'run.js')

export interface GhaRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface GhaOptions {
  readonly env?: NodeJS.ProcessEnv
}

/** Bundles gha from the sources as they are. */
export function needBuild(): void {
  const done = spawnSync(process.execPath, ['scripts/build.mjs'], {encoding: 'utf8'})
  if (done.status !== 0) throw new Error(`gha does not build: ${done.stderr}`)
}

/** A gha that is under way. */
export interface RunningGha {
  readonly process: ChildProcess
  readonly ended: Promise<GhaRun>
  /** What it has said so far. */
  readonly said: () => string
}

/** gha as a process without a terminal. */
export function runGha(args: readonly string[], options: GhaOptions = {}): Promise<GhaRun> {
  return startGha(args, options).ended
}

export function startGha(args: readonly string[], {env = {}}: GhaOptions = {}): RunningGha {
  const child = spawn(process.execPath, [GHA, ...args], {
    env: {...process.env, ...env},
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', chunk => stdout.push(chunk))
  child.stderr.on('data', chunk => stderr.push(chunk))
  const said = () => Buffer.concat(stderr).toString()
  const ended = new Promise<GhaRun>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', code => resolve({code, stdout: Buffer.concat(stdout).toString(), stderr: said()}))
  })
  return {process: child, ended, said}
}
