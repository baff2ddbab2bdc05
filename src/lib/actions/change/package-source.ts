import {GhaError} from '../../errors/gha-error.ts'
import {isArmored, REMOVE_APT_REPOSITORY, setUpAptRepository} from '../../host/install/apt-repository.ts'
import {REMOVE_RPM_REPOSITORY, setUpRpmRepository} from '../../host/install/dnf-repository.ts'
import type {Cluster, PackageSource} from '../../model/cluster.ts'
import type {Files} from '../../ports/local.ts'

/** Shell text that lets a node know where its packages come from. @throws GhaError `REPOSITORY_KEY` */
export async function packageSourceOf({grafana}: Cluster, files: Files): Promise<string> {
  const {install} = grafana
  if (install.method === 'dnf') return rpmSourceOf(install.source, files)
  if (install.method !== 'apt') return ''
  const {source} = install
  if (source.type !== 'url') return REMOVE_APT_REPOSITORY
  const {url, suite, components, key} = source
  if (/^https:/.test(key)) return setUpAptRepository({url, suite, components, key: {type: 'url', url: key}})
  const bytes = await files.read(key)
  if (bytes && isPublicKey(bytes)) return setUpAptRepository({url, suite, components, key: {type: 'bytes', bytes}})
  throw noKey(`${key} ${bytes ? 'holds no OpenPGP public key' : 'cannot be read'}`, 'armored or not')
}

async function rpmSourceOf(source: PackageSource, files: Files): Promise<string> {
  if (source.type !== 'url') return REMOVE_RPM_REPOSITORY
  const {url, key} = source
  if (/^https:/.test(key)) return setUpRpmRepository({url, key: {type: 'url', url: key}})
  const bytes = await files.read(key)
  if (bytes && isArmored(bytes)) return setUpRpmRepository({url, key: {type: 'bytes', bytes}})
  throw noKey(`${key} ${bytes ? 'holds no armored OpenPGP public key' : 'cannot be read'}`, 'armored, as rpm reads it')
}

function noKey(message: string, form: string): GhaError {
  return new GhaError(message, {
    code: 'REPOSITORY_KEY',
    exit: 'preflight',
    unchanged: 'No Grafana was touched.',
    hint: `Name the public key of the repository, ${form}, in \`grafana.install.source.key\`.`,
  })
}

/** Armored, or a packet of the kind that a public key begins with, in the old and the new form. */
function isPublicKey(bytes: Uint8Array): boolean {
  return isArmored(bytes) || [0x98, 0x99, 0x9a, 0xc6].includes(bytes[0] ?? 0)
}
