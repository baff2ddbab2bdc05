import {quote} from '../../model/script.ts'
import {MANAGED} from '../../render/rendered-file.ts'
import {sealed} from '../../render/sealed-text.ts'
import {RELABEL} from '../relabel.ts'
import {KEEP_REPOSITORY, PLACE_KEY, placeRepository, type RepositoryKey, receiveKey} from './repository-files.ts'

export interface AptRepository {
  readonly url: string
  readonly suite: string
  /** Empty where the suite is a path that ends with a slash. */
  readonly components: readonly string[]
  readonly key: RepositoryKey
}

const SOURCES = '/etc/apt/sources.list.d/gha-grafana.sources'
const KEYS = '/etc/apt/keyrings'

/**
 * Shell text that makes the repository known to the node's apt, and only with a list that this key has signed. Both files
 * carry gha's first line or its name; what somebody else wrote in their place is left alone.
 */
export function setUpAptRepository({url, suite, components, key}: AptRepository): string {
  const keyring = `${KEYS}/gha-grafana.${key.type === 'bytes' && !isArmored(key.bytes) ? 'gpg' : 'asc'}`
  const text = sealed(
    [
      'Types: deb',
      `URIs: ${url}`,
      `Suites: ${suite}`,
      ...(components.length > 0 ? [`Components: ${components.join(' ')}`] : []),
      `Signed-By: ${keyring}`,
      '',
    ].join('\n'),
  )
  return [
    RELABEL,
    `repository=${SOURCES} key=${keyring}`,
    KEEP_REPOSITORY,
    ...obtainKey(key),
    PLACE_KEY,
    placeRepository(text),
    // Of all sources only this one is read, and what the others said stays.
    'answer=$(umask 022; apt-get -q update -o Dir::Etc::sourcelist="$repository" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any -o DPkg::Lock::Timeout=120 2>&1) ||',
    `  put_back ${quote(`the repository ${url} cannot be read, or is not signed with the key of gha.yaml`)}": $(printf %s "$answer" | grep '^[EW]:' | head -n 2 | tr '\\n' ' ')"`,
    'rm -rf "$old"',
  ].join('\n')
}

/** Shell text that takes away what gha wrote for a repository that gha.yaml no longer names. */
export const REMOVE_APT_REPOSITORY = `
if [ "$(head -n 1 ${SOURCES} 2>/dev/null)" = ${quote(MANAGED)} ]; then
  rm -f ${SOURCES} ${SOURCES}.part ${KEYS}/gha-grafana.asc ${KEYS}/gha-grafana.gpg ${KEYS}/gha-grafana.asc.part ${KEYS}/gha-grafana.gpg.part
fi`.trim()

/** Shell text that brings the key to `$key.part`. */
function obtainKey(key: RepositoryKey): readonly string[] {
  switch (key.type) {
    case 'bytes':
      return receiveKey(key.bytes)
    case 'url':
      return [
        `/usr/lib/apt/apt-helper download-file ${quote(key.url)} "$key.part" >/dev/null 2>&1 || put_back ${quote(`cannot fetch the key ${key.url}`)}`,
        `grep -q '^-----BEGIN PGP PUBLIC KEY BLOCK-----' "$key.part" || put_back ${quote(`${key.url} is no armored public key`)}`,
      ]
  }
}

export function isArmored(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.slice(0, 4096)).includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')
}
