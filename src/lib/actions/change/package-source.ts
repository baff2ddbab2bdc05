import {GhaError} from '../../errors/gha-error.ts'
import {isArmored, REMOVE_APT_REPOSITORY, setUpAptRepository} from '../../host/install/apt-repository.ts'
import type {Cluster} from '../../model/cluster.ts'
import type {Files} from '../../ports/local.ts'

/** Shell text that lets a node know where its packages come from. @throws GhaError `REPOSITORY_KEY` */
export async function packageSourceOf({grafana}: Cluster, files: Files): Promise<string> {
  const {install} = grafana
  if (install.method !== 'apt') return ''
  const {source} = install
  if (source.type !== 'url') return REMOVE_APT_REPOSITORY
  const {url, suite, components, key} = source
  if (/^https:/.test(key)) return setUpAptRepository({url, suite, components, key: {type: 'url', url: key}})
  const bytes = await files.read(key)
  if (bytes && isPublicKey(bytes)) return setUpAptRepository({url, suite, components, key: {type: 'bytes', bytes}})
  throw new GhaError(`${key} ${bytes ? 'holds no OpenPGP public key' : 'cannot be read'}`, {
    code: 'REPOSITORY_KEY',
    exit: 'preflight',
    unchanged: 'Every Grafana runs as before.',
    hint: 'Name the public key of the repository, armored or not, in `grafana.install.source.key`.',
  })
}

/** Armored, or a packet of the kind that a public key begins with, in the old and the new form. */
function isPublicKey(bytes: Uint8Array): boolean {
  return isArmored(bytes) || [0x98, 0x99, 0x9a, 0xc6].includes(bytes[0] ?? 0)
}
