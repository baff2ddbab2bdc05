import {sha256} from '../../model/digest.ts'
import {quote} from '../../model/script.ts'
import {MANAGED} from '../../render/rendered-file.ts'
import {sealed} from '../../render/sealed-text.ts'
import {RELABEL} from '../relabel.ts'

export interface AptRepository {
  readonly url: string
  readonly suite: string
  /** Empty where the suite is a path that ends with a slash. */
  readonly components: readonly string[]
  readonly key: AptKey
}

/** OpenPGP public keys: read here, or fetched by the node. */
export type AptKey = {readonly type: 'bytes'; readonly bytes: Uint8Array} | {readonly type: 'url'; readonly url: string}

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
    `sources=${SOURCES} keyring=${keyring}`,
    OWN_OR_ABSENT,
    `(umask 022; mkdir -p ${KEYS}) && old=$(mktemp -d "$state/apt-XXXXXX") || fail "cannot write on this node"`,
    'for file in "$sources" "$keyring"; do if [ -e "$file" ]; then cp -p "$file" "$old/"; fi; done',
    'put_back() {',
    '  for file in "$sources" "$keyring"; do',
    '    if [ -e "$old/${file##*/}" ]; then cp -p "$old/${file##*/}" "$file"; else rm -f "$file"; fi',
    '  done',
    '  rm -rf "$old"; fail "$1"',
    '}',
    ...putKey(key),
    'chmod 644 "$keyring"',
    `printf %s ${quote(text)} >"$sources" && chmod 644 "$sources" || put_back "cannot write $sources"`,
    // Of all sources only this one is read, and what the others said stays.
    'said=$(apt-get -q update -o Dir::Etc::sourcelist="$sources" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any -o DPkg::Lock::Timeout=120 2>&1) ||',
    `  put_back ${quote(`the repository ${url} cannot be read, or is not signed with the key of gha.yaml`)}": $(printf %s "$said" | grep '^[EW]:' | head -n 2 | tr '\\n' ' ')"`,
    'rm -rf "$old"',
  ].join('\n')
}

/** Shell text that takes away what gha wrote for a repository that gha.yaml no longer names. */
export const REMOVE_APT_REPOSITORY = `
if [ "$(head -n 1 ${SOURCES} 2>/dev/null)" = ${quote(MANAGED)} ]; then
  rm -f ${SOURCES} ${KEYS}/gha-grafana.asc ${KEYS}/gha-grafana.gpg
fi`.trim()

/** Its second line is the sum of what follows: somebody's edit is not overwritten. */
const OWN_OR_ABSENT = `
if [ -e "$sources" ]; then
  [ "$(head -n 1 "$sources")" = ${quote(MANAGED)} ] &&
    [ "$(sed -n 's/^# sha256 of what follows: //p' "$sources")" = "$(tail -n +3 "$sources" | sha256sum | cut -d' ' -f1)" ] ||
    fail "$sources is not what gha wrote there: take it away, or use \\\`source: node-repo\\\`"
fi`.trim()

function putKey(key: AptKey): readonly string[] {
  switch (key.type) {
    case 'bytes':
      return [
        `printf %s ${quote(Buffer.from(key.bytes).toString('base64'))} | base64 -d >"$keyring" || put_back "cannot write $keyring"`,
        `[ "$(sha256sum <"$keyring" | cut -d' ' -f1)" = ${sha256(key.bytes)} ] || put_back "the key arrived damaged"`,
      ]
    case 'url':
      return [
        `/usr/lib/apt/apt-helper download-file ${quote(key.url)} "$keyring.part" >/dev/null 2>&1 || put_back ${quote(`cannot fetch the key ${key.url}`)}`,
        `grep -q '^-----BEGIN PGP PUBLIC KEY BLOCK-----' "$keyring.part" || { rm -f "$keyring.part"; put_back ${quote(`${key.url} is no armored public key`)}; }`,
        'mv -f "$keyring.part" "$keyring" && relabel "$keyring" || put_back "cannot write $keyring"',
      ]
  }
}

export function isArmored(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.slice(0, 4096)).includes('-----BEGIN PGP PUBLIC KEY BLOCK-----')
}
