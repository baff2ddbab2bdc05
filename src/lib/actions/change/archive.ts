import path from 'node:path'
import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import {sha256} from '../../model/digest.ts'
import {formatVersion} from '../../model/version.ts'
import type {Files} from '../../ports/local.ts'

/** The official archive of the wished version in the push folder, read once and compared with its `.sha256` where one lies beside it. */
export function archiveOf({grafana}: Cluster, files: Files): (() => Promise<Uint8Array>) | undefined {
  const {install, version, edition} = grafana
  if (install.method !== 'tarball') return undefined
  let read: Promise<Uint8Array> | undefined
  return () => {
    read ??= readArchive(
      install.source.directory,
      `grafana-${edition === 'enterprise' ? 'enterprise-' : ''}${formatVersion(version)}.linux-`,
      files,
    )
    return read
  }
}

async function readArchive(directory: string, start: string, files: Files): Promise<Uint8Array> {
  const name = (await files.list(directory)).find(entry => entry.startsWith(start) && entry.endsWith('.tar.gz'))
  const bytes = name && (await files.read(path.join(directory, name)))
  if (!bytes) {
    throw new GhaError(`there is no ${start}<arch>.tar.gz in ${directory}`, {
      code: 'ARCHIVE_MISSING',
      exit: 'preflight',
      unchanged: 'Every Grafana runs as before.',
      hint: 'Put the official archive there and run the command again.',
    })
  }
  const sum = await files.read(path.join(directory, `${name}.sha256`))
  const wished = sum && new TextDecoder().decode(sum).trim().split(/\s+/)[0]
  if (wished && wished !== sha256(bytes)) {
    throw new GhaError(`${name} does not match its .sha256 file`, {
      code: 'ARCHIVE_DAMAGED',
      exit: 'preflight',
      unchanged: 'Every Grafana runs as before.',
      hint: 'Fetch the archive again.',
    })
  }
  return bytes
}
