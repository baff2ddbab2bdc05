import path from 'node:path'
import {GhaError} from '../../errors/gha-error.ts'
import {packageName} from '../../grafana/packages.ts'
import type {Cluster, Install} from '../../model/cluster.ts'
import {sha256} from '../../model/digest.ts'
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

/** What Debian and Grafana call the machines that `uname -m` names. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'armhf',
  riscv64: 'riscv64',
  s390x: 's390x',
}

/** One for the node's machine; a file that names none is good for all. */
function chosen(names: readonly string[], wanted: Wanted): string | undefined {
  const fitting = names.filter(name => isNamed(name, wanted))
  const own = ARCHITECTURES[wanted.machine] ?? wanted.machine
  const foreign = Object.values(ARCHITECTURES).filter(architecture => architecture !== own)
  const speaksOf = (name: string, architecture: string) => new RegExp(`[-_.]${architecture}\\.`).test(name)
  return (
    fitting.find(name => speaksOf(name, own)) ??
    fitting.find(name => !foreign.some(architecture => speaksOf(name, architecture)))
  )
}

/** `grafana-12.1.0.linux-amd64.tar.gz`, `grafana_12.1.0_…_linux_amd64.tar.gz`; `grafana_12.1.0_amd64.deb`. */
function isNamed(file: string, {name, method, version}: Wanted): boolean {
  const starts = [`${name}_${version}_`, ...(method === 'tarball' ? [`${name}-${version}.linux-`] : [])]
  return starts.some(start => file.startsWith(start)) && file.endsWith(ending(method))
}

function ending(method: Install['method']): string {
  return method === 'tarball' ? '.tar.gz' : '.deb'
}

function missing(directory: string, wanted: Wanted): GhaError {
  const {name, version, method, machine} = wanted
  const architecture = ARCHITECTURES[machine] ?? machine
  const file =
    method === 'tarball' ? `${name}-${version}.linux-${architecture}.tar.gz` : `${name}_${version}_${architecture}.deb`
  return new GhaError(`there is no ${file} in ${directory}`, {
    code: 'ARCHIVE_MISSING',
    exit: 'preflight',
    unchanged: 'Every Grafana runs as before.',
    hint: 'Put the official file there and run the command again.',
  })
}

async function readArchive(file: string, files: Files): Promise<Uint8Array> {
  const bytes = await files.read(file)
  const sum = await files.read(`${file}.sha256`)
  const wished = sum && new TextDecoder().decode(sum).trim().split(/\s+/)[0]
  if (bytes && (!wished || wished === sha256(bytes))) return bytes
  throw new GhaError(`${path.basename(file)} ${bytes ? 'does not match its .sha256 file' : 'cannot be read'}`, {
    code: 'ARCHIVE_DAMAGED',
    exit: 'preflight',
    unchanged: 'Every Grafana runs as before.',
    hint: 'Fetch the file again.',
  })
}
