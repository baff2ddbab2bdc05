import path from 'node:path'
import {GhaError} from '../../errors/gha-error.ts'
import {packageName} from '../../grafana/packages.ts'
import type {Cluster, Install} from '../../model/cluster.ts'
import {sha256} from '../../model/digest.ts'
import {formatVersion, parseRpmVersion} from '../../model/version.ts'
import type {Files} from '../../ports/local.ts'
import type {Archives} from '../../rollout/stage-nodes.ts'

/** Official archives and packages in the push folder, each read once and compared with its `.sha256` where one lies beside it. */
export function archivesOf({grafana}: Cluster, files: Files): Archives | undefined {
  const {install, edition} = grafana
  if (!('source' in install) || install.source.type !== 'push') return undefined
  const {directory} = install.source
  const name = packageName(edition)
  const kept = new Map<string, Promise<Uint8Array>>()
  const find: Archives['find'] = async wanted => {
    const file = chosen(await files.list(directory), {...wanted, name, method: install.method})
    if (file === undefined) return undefined
    const bytes = kept.get(file) ?? readArchive(path.join(directory, file), files)
    kept.set(file, bytes)
    return bytes
  }
  return {
    find,
    async read(wanted) {
      const bytes = await find(wanted)
      if (bytes) return bytes
      throw missing(directory, {...wanted, name, method: install.method})
    },
  }
}

interface Wanted {
  readonly name: string
  readonly method: Install['method']
  readonly version: string
  readonly machine: string
}

/** What Debian and Grafana call the machines that `uname -m` and rpm name. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'armhf',
  riscv64: 'riscv64',
  s390x: 's390x',
}

/** Machines as Grafana's tarballs name them besides. */
const OTHER_NAMES: Readonly<Record<string, string>> = {armv7l: 'armv7', armv6l: 'armv6'}

/** One for the node's machine; a file that names none is good for all. */
function chosen(names: readonly string[], wanted: Wanted): string | undefined {
  const {machine} = wanted
  const fitting = names.filter(name => isNamed(name, wanted) && !speaksOf(name, ['darwin', 'windows']))
  const own = [machine, ARCHITECTURES[machine] ?? machine, OTHER_NAMES[machine] ?? machine]
  const foreign = [...Object.entries(ARCHITECTURES), ...Object.entries(OTHER_NAMES)]
    .flat()
    .filter(architecture => !own.includes(architecture))
  const usual = fitting.filter(name => !speaksOf(name, ['musl']))
  return (
    [usual, fitting].flatMap(each => each.find(name => speaksOf(name, own)) ?? [])[0] ??
    fitting.find(name => !speaksOf(name, foreign))
  )
}

function speaksOf(name: string, words: readonly string[]): boolean {
  return words.some(word => new RegExp(`[-_.]${word}[-_.]`).test(name))
}

/**
 * `grafana-12.1.0.linux-amd64.tar.gz`, `grafana_12.1.0_…_linux_amd64.tar.gz`; `grafana_12.1.0_amd64.deb`;
 * `grafana-12.1.0-1.x86_64.rpm`, `grafana_12.1.0_…_linux_amd64.rpm`.
 */
function isNamed(file: string, {name, method, version}: Wanted): boolean {
  if (method === 'dnf' && isRpmOf(file, {name, version})) return true
  const starts = [`${name}_${version}_`, ...(method === 'tarball' ? [`${name}-${version}.linux-`] : [])]
  return starts.some(start => file.startsWith(start)) && file.endsWith(ending(method))
}

function isRpmOf(file: string, {name, version}: Pick<Wanted, 'name' | 'version'>): boolean {
  if (!file.startsWith(`${name}-`) || !file.endsWith('.rpm')) return false
  const said = parseRpmVersion(file.slice(name.length + 1).replace(/\.[a-z0-9_]+\.rpm$/, ''))
  return said !== undefined && formatVersion(said) === version
}

function ending(method: Install['method']): string {
  switch (method) {
    case 'tarball':
      return '.tar.gz'
    case 'dnf':
      return '.rpm'
    case 'apt':
    case 'docker':
    case 'none':
      return '.deb'
  }
}

function usualName({name, method, version, machine}: Wanted): string {
  const architecture = ARCHITECTURES[machine] ?? machine
  if (method === 'dnf') return `${name}-${version}-1.${machine}.rpm`
  return method === 'tarball'
    ? `${name}-${version}.linux-${architecture}.tar.gz`
    : `${name}_${version}_${architecture}.deb`
}

function missing(directory: string, wanted: Wanted): GhaError {
  return new GhaError(`there is no ${usualName(wanted)} in ${directory}`, {
    code: 'ARCHIVE_MISSING',
    exit: 'preflight',
    unchanged: 'No Grafana was touched.',
    hint: 'Put the official file there and run the command again.',
  })
}

/** @throws GhaError `ARCHIVE_DAMAGED` */
export async function readArchive(file: string, files: Files): Promise<Uint8Array> {
  const bytes = await files.read(file)
  const sum = await files.read(`${file}.sha256`)
  const wished = sum && new TextDecoder().decode(sum).trim().split(/\s+/)[0]
  if (bytes && (!wished || wished === sha256(bytes))) return bytes
  throw new GhaError(`${path.basename(file)} ${bytes ? 'does not match its .sha256 file' : 'cannot be read'}`, {
    code: 'ARCHIVE_DAMAGED',
    exit: 'preflight',
    unchanged: 'No Grafana was touched.',
    hint: 'Fetch the file again.',
  })
}
