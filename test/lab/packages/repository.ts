import {createHash} from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import {writeDist} from '../../double/dist.ts'
import {CACHE_FOLDER} from '../layout.ts'
import {must, type RunOptions} from '../run.ts'
import type {PackageVersion} from '../state.ts'
import {packGrafana} from './grafana-deb.ts'

/** Two a patch apart, one a minor on, one behind a step that only a single writer may take. */
export const DOUBLE_VERSIONS = ['12.1.0', '12.1.1', '12.2.0', '12.4.0']
export const SOURCE_LINE = 'deb [trusted=yes] file:/srv/apt ./'

const TREES = [import.meta.dirname, path.join(import.meta.dirname, '../../double')]

/** A folder that apt can read, with packages of the double; packed once and kept as long as its sources stay as they are. */
export async function doubleRepository(options: RunOptions = {}): Promise<string> {
  const architecture = (await must(['dpkg', '--print-architecture'], options)).trim()
  const folder = path.join(CACHE_FOLDER, `apt-${sourcesHash(architecture)}`)
  if (existsSync(folder)) return folder
  mkdirSync(CACHE_FOLDER, {recursive: true})
  const work = mkdtempSync(path.join(CACHE_FOLDER, 'packing-'))
  try {
    await Promise.all(DOUBLE_VERSIONS.map(version => packDouble(version, {work, architecture})))
    await index(work, options)
    publish(work, folder)
  } finally {
    rmSync(work, {recursive: true, force: true})
  }
  return folder
}

/** Puts the packages of a folder into a repository. */
export async function repositoryOf(debs: string, folder: string, options: RunOptions = {}): Promise<void> {
  const names = readdirSync(debs).filter(name => /^grafana.*\.deb$/.test(name))
  if (names.length === 0) throw new Error(`no grafana_*.deb in ${debs}`)
  mkdirSync(folder, {recursive: true, mode: 0o755})
  for (const name of names) cpSync(path.join(debs, name), path.join(folder, name))
  await index(folder, options)
}

export function packagesIn(folder: string): readonly PackageVersion[] {
  return readFileSync(path.join(folder, 'Packages'), 'utf8')
    .split('\n\n')
    .flatMap(block => {
      const name = /^Package: (.+)$/m.exec(block)?.[1]
      const version = /^Version: (.+)$/m.exec(block)?.[1]
      return name && version ? [{name, version}] : []
    })
}

async function packDouble(version: string, {work, architecture}: {work: string; architecture: string}): Promise<void> {
  const tree = path.join(work, `tree-${version}`)
  await writeDist(version, tree)
  await packGrafana({version, tree, folder: work, architecture})
  rmSync(tree, {recursive: true})
}

async function index(folder: string, options: RunOptions): Promise<void> {
  const packages = await must(['dpkg-scanpackages', '--multiversion', '.'], {...options, cwd: folder})
  writeFileSync(path.join(folder, 'Packages'), packages, {mode: 0o644})
}

/** Whoever packs the same at the same time may have been first. */
export function publish(work: string, folder: string): void {
  chmodSync(work, 0o755)
  try {
    renameSync(work, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

/** Another one when the double or its packaging changes. */
export function sourcesHash(salt: string): string {
  const hash = createHash('sha256').update(salt)
  for (const file of TREES.flatMap(filesBelow).sort()) hash.update(path.basename(file)).update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map(entry => path.join(entry.parentPath, entry.name))
}
