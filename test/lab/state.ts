import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {type Host, INDEX_FOLDER, MOST_LABS, RUN_FOLDER, runFolder, stateFile} from './layout.ts'
import {isAlive, type ProcessId} from './processes.ts'

export interface LabState {
  readonly schemaVersion: 1
  readonly name: string
  readonly index: number
  /** `starting`: whoever makes it has not finished, or never will. */
  readonly phase: 'starting' | 'up'
  readonly maker: ProcessId
  /** Set where the lab must not outlive that process. */
  readonly owner?: ProcessId
  readonly operator: Operator
  readonly nodes: readonly Host[]
  readonly balancers: {readonly haproxy: BalancerHost; readonly nginx: BalancerHost}
  readonly postgres: DatabaseServer
  readonly mariadb: DatabaseServer
  readonly redis: {readonly host: string; readonly port: number; readonly password: string}
  readonly memcached: {readonly host: string; readonly port: number}
  readonly apt: Apt
  /** Layers of every host's file system, uppermost first. */
  readonly layers: {readonly node: readonly string[]; readonly balancer: readonly string[]}
  /** Set where nodes run containers. */
  readonly docker?: true
}

export interface Operator {
  readonly address: string
  /** Reaches every host, sudo asks nothing. */
  readonly user: string
  /** Reaches every host too, and sudo asks her password. */
  readonly sudoUser: {readonly user: string; readonly password: string}
  readonly identityFile: string
  readonly knownHostsFile: string
  /** For `ssh -F FILE NAME`. */
  readonly sshConfig: string
}

export interface BalancerHost extends Host {
  readonly config: string
  readonly socket?: string
}

export interface DatabaseServer {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  readonly superuser: {readonly user: string; readonly password: string}
}

export interface Apt {
  readonly folder: string
  /** The line that stands in every node's sources. */
  readonly source: string
  readonly packages: readonly PackageVersion[]
}

export interface PackageVersion {
  readonly name: string
  readonly version: string
}

export function writeState(state: LabState): LabState {
  const file = stateFile(state.name)
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, {mode: 0o600})
  renameSync(`${file}.new`, file)
  return state
}

export function readState(name: string): LabState {
  if (!existsSync(stateFile(name)))
    throw new Error(`there is no lab ${name}: make one with npm run lab -- up --name ${name}`)
  return JSON.parse(readFileSync(stateFile(name), 'utf8')) as LabState
}

/** Takes the name and a free subnet for a new lab. */
export function reserve(name: string): number {
  mkdirSync(INDEX_FOLDER, {recursive: true})
  try {
    mkdirSync(runFolder(name), {mode: 0o700})
  } catch (error) {
    throw new Error(`there is a lab ${name} already: remove it with npm run lab -- down --name ${name}`, {cause: error})
  }
  for (let index = 1; index <= MOST_LABS; index++) if (takeIndex(index, name)) return index
  throw new Error(`there are ${MOST_LABS} labs already`)
}

function takeIndex(index: number, name: string): boolean {
  try {
    writeFileSync(path.join(INDEX_FOLDER, String(index)), name, {flag: 'wx'})
    return true
  } catch {
    return false
  }
}

export function release(name: string): void {
  for (const file of listFolder(INDEX_FOLDER).map(entry => path.join(INDEX_FOLDER, entry)))
    if (readFileSync(file, 'utf8') === name) rmSync(file, {force: true})
  rmSync(runFolder(name), {recursive: true, force: true})
}

/** Every lab of this machine, also one that was only half made. */
export function labNames(): readonly string[] {
  return listFolder(RUN_FOLDER).filter(name => name !== path.basename(INDEX_FOLDER))
}

/** True for a lab whose maker died before it was finished, or that has outlived its owner. */
export function isAbandoned(name: string): boolean {
  if (!existsSync(stateFile(name))) return false
  const state = readState(name)
  if (state.owner && !isAlive(state.owner)) return true
  return state.phase === 'starting' && !isAlive(state.maker)
}

export function listFolder(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
