import {sha256} from '../../model/digest.ts'
import {quote} from '../../model/script.ts'
import {MANAGED} from '../../render/rendered-file.ts'

/** OpenPGP public keys: read here, or fetched by the node. */
export type RepositoryKey =
  | {readonly type: 'bytes'; readonly bytes: Uint8Array}
  | {readonly type: 'url'; readonly url: string}

/** A repository's second line is the sum of what follows: somebody's edit is not overwritten. An empty file is nobody's: a power cut leaves such. */
const OWN_OR_ABSENT = `
if [ -s "$repository" ]; then
  [ "$(head -n 1 "$repository")" = ${quote(MANAGED)} ] &&
    [ "$(sed -n 's/^# sha256 of what follows: //p' "$repository")" = "$(tail -n +3 "$repository" | sha256sum | cut -d' ' -f1)" ] ||
    fail "$repository is not what gha wrote there: take it away, or use \\\`source: node-repo\\\`"
fi`.trim()

/**
 * Shell text about the files `$repository` and `$key`: refuses a repository that is not gha's own, keeps both in `$old`,
 * and defines `put_back MESSAGE`, which leaves them as they were and fails.
 */
export const KEEP_REPOSITORY = [
  OWN_OR_ABSENT,
  '(umask 022; mkdir -p "${repository%/*}" "${key%/*}") && old=$(mktemp -d "$state/repository-XXXXXX") || fail "cannot write on this node"',
  'for file in "$repository" "$key"; do if [ -e "$file" ]; then cp -p "$file" "$old/"; fi; done',
  'put_back() {',
  '  for file in "$repository" "$key"; do',
  '    if [ -e "$old/${file##*/}" ]; then cp -p "$old/${file##*/}" "$file"; else rm -f "$file"; fi',
  '  done',
  '  rm -rf "$old" "$key.part" "$repository.part"; fail "$1"',
  '}',
].join('\n')

/** Shell text that puts a key that was read here to `$key.part`. */
export function receiveKey(bytes: Uint8Array): readonly string[] {
  return [
    `printf %s ${quote(Buffer.from(bytes).toString('base64'))} | base64 -d >"$key.part" || put_back "cannot write $key"`,
    `[ "$(sha256sum <"$key.part" | cut -d' ' -f1)" = ${sha256(bytes)} ] || put_back "the key arrived damaged"`,
  ]
}

/** Shell text that puts `$key.part` in its place. */
export const PLACE_KEY =
  'chmod 644 "$key.part" && { sync "$key.part" 2>/dev/null || sync; } && mv -f "$key.part" "$key" && relabel "$key" || put_back "cannot write $key"'

/** Shell text that writes the repository, whole or not at all. */
export function placeRepository(text: string): string {
  return `printf %s ${quote(text)} >"$repository.part" && chmod 644 "$repository.part" && { sync "$repository.part" 2>/dev/null || sync; } && mv -f "$repository.part" "$repository" && relabel "$repository" || put_back "cannot write $repository"`
}
