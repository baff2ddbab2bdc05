import {quote} from '../../model/script.ts'
import {MANAGED} from '../../render/rendered-file.ts'
import {sealed} from '../../render/sealed-text.ts'
import {RELABEL} from '../relabel.ts'
import {KEEP_REPOSITORY, PLACE_KEY, placeRepository, type RepositoryKey, receiveKey} from './repository-files.ts'

export interface RpmRepository {
  readonly url: string
  /** Armored. */
  readonly key: RepositoryKey
}

/** As dnf calls it. */
export const DNF_REPOSITORY = 'gha-grafana'
export const DNF_KEY = '/etc/pki/rpm-gpg/gha-grafana.asc'
const FILE = '/etc/yum.repos.d/gha-grafana.repo'

/**
 * Shell text that makes the repository known to the node's dnf. It stays disabled for everybody but gha, so that no
 * upgrade of the node replaces Grafana from it. What somebody else wrote in its place is left alone.
 */
export function setUpRpmRepository({url, key}: RpmRepository): string {
  const text = sealed(
    [
      `[${DNF_REPOSITORY}]`,
      'name=Grafana (only gha installs from here)',
      `baseurl=${url}`,
      'enabled=0',
      'gpgcheck=1',
      `gpgkey=file://${DNF_KEY}`,
      'skip_if_unavailable=0',
      '',
    ].join('\n'),
  )
  return [
    RELABEL,
    `repository=${FILE} key=${DNF_KEY}`,
    KEEP_REPOSITORY,
    ...obtainKey(key),
    `grep -q '^-----BEGIN PGP PUBLIC KEY BLOCK-----' "$key.part" || put_back "the key is no armored public key"`,
    PLACE_KEY,
    placeRepository(text),
    'package_wait || put_back "another dnf or rpm is at work"',
    `answer=$(umask 022; dnf -q --disablerepo='*' --enablerepo=${DNF_REPOSITORY} --refresh makecache 2>&1) ||`,
    `  put_back ${quote(`the repository ${url} cannot be read`)}": $(printf %s "$answer" | tail -n 2 | tr '\\n' ' ')"`,
    'rm -rf "$old"',
  ].join('\n')
}

/** Shell text that takes away what gha wrote for a repository that gha.yaml no longer names. */
export const REMOVE_RPM_REPOSITORY = `
if [ "$(head -n 1 ${FILE} 2>/dev/null)" = ${quote(MANAGED)} ]; then rm -f ${FILE} ${FILE}.part ${DNF_KEY} ${DNF_KEY}.part; fi`.trim()

/** Shell text that brings the key to `$key.part`. */
function obtainKey(key: RepositoryKey): readonly string[] {
  switch (key.type) {
    case 'bytes':
      return receiveKey(key.bytes)
    case 'url':
      return [
        `{ curl -fsSL --max-time 60 -o "$key.part" -- ${quote(key.url)} || wget -q -T 60 -O "$key.part" -- ${quote(key.url)}; } >/dev/null 2>&1 || put_back ${quote(`cannot fetch the key ${key.url}`)}`,
      ]
  }
}
