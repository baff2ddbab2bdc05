import {sha256} from './digest.ts'

/** A regular file of a folder, by its path below it. */
export interface TreeFile {
  readonly path: string
  readonly sha256: string
  readonly executable: boolean
}

/** One name for all that a folder holds: paths, contents, and what may be run. The same as `tree_digest` prints. */
export function treeDigest(files: readonly TreeFile[]): string {
  const lines = files.flatMap(({path, sha256: sum, executable}) => [
    Buffer.from(`${sum}  ./${path}\n`),
    ...(executable ? [Buffer.from(`x  ./${path}\n`)] : []),
  ])
  return sha256(Buffer.concat(lines.toSorted(Buffer.compare)))
}

/**
 * Shell text that defines `tree_digest PATH`: of a folder what `treeDigest` makes of its files, of anything else its
 * sha256, or `absent`. What is neither file nor folder counts by its name, so that a link that somebody made is seen.
 */
export const TREE_DIGEST = `
tree_digest() {
  if [ -d "$1" ]; then
    (cd "$1" && {
      find . -type f -exec sha256sum {} +
      find . -type f -perm -100 -exec printf 'x  %s\\n' {} +
      find . ! -type f ! -type d -exec printf '?  %s\\n' {} +
    } | LC_ALL=C sort | sha256sum | cut -d' ' -f1)
  elif [ -e "$1" ]; then sha256sum <"$1" | cut -d' ' -f1
  else echo absent; fi
}`.trim()
