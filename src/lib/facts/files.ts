import type {Node} from '../model/node.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
import {commandLine} from '../model/script.ts'
import {askBrought} from './brought.ts'
import {linesOf, type NodeFact, type Records} from './node-fact.ts'

export type FileState = {readonly exists: false} | PresentFile

export interface PresentFile {
  readonly exists: true
  /** Of the content, through a symbolic link; undefined for what is no readable regular file. */
  readonly sha256?: string
  /** `640`. */
  readonly mode: string
  /** Seconds since 1970 on the node. */
  readonly modifiedAt: number
  readonly firstLine: string
}

/** Of what stands there, where it can be read. */
export function shaOf(file: FileState | undefined): string | undefined {
  return file?.exists ? file.sha256 : undefined
}

export type FileStates = ReadonlyMap<string, FileState>

/** The asked paths and those of what gha has brought, one process per program for all of them. */
export const files: NodeFact<FileStates> = {
  ask: ({node, files: paths}) => (paths.length === 0 ? 'record files.asked 0' : askFiles(node, paths)),
  read: readFiles,
}

function askFiles(node: Node, paths: readonly string[]): string {
  return `${askBrought(node)}
record files.asked ${paths.length}
first_line() { line=; IFS= read -r line <"$1"; printf 'files.first\\0%.200s\\0' "$line"; }
paths=$({ printf '%s\\n' ${commandLine(paths)}; brought | grep '^file' | cut -f 5; } | sort -u)
look() {
  while IFS= read -r path; do set -- "$@" "$path"; done <<PATHS
$paths
PATHS
  for path; do
    if [ -f "$path" ] && [ -r "$path" ]; then record files.regular "$path"; first_line "$path"
    elif [ -e "$path" ]; then record files.other "$path"
    else record files.missing "$path"; fi
  done
  for path; do shift; [ -f "$path" ] && [ -r "$path" ] && set -- "$@" "$path"; done
  [ $# -eq 0 ] && return 0
  record files.stat "$(stat -L -c '%a %Y' "$@")"
  record files.sums "$(sha256sum -- "$@")"
}
look`
}

function readFiles(records: Records): Observation<FileStates> {
  if (!records.has('files.asked')) return unknown('the node did not tell about its files')
  const regular = records.get('files.regular') ?? []
  const stats = linesOf(records, 'files.stat')
  const sums = linesOf(records, 'files.sums')
  if (stats.length !== regular.length || sums.length !== regular.length)
    return unknown('files changed while they were read')
  return known(
    new Map<string, FileState>([
      ...(records.get('files.missing') ?? []).map(path => [path, {exists: false}] as const),
      ...(records.get('files.other') ?? []).map(
        path => [path, {exists: true, firstLine: '', ...readStat('')}] as const,
      ),
      ...regular.map((path, place) => {
        const firstLine = records.get('files.first')?.[place] ?? ''
        return [path, {exists: true, firstLine, ...readStat(stats[place] ?? ''), ...sumOf(sums[place])}] as const
      }),
    ]),
  )
}

function readStat(line: string) {
  const [mode = '', modifiedAt = '0'] = line.split(' ')
  return {mode, modifiedAt: Number(modifiedAt)}
}

/** sha256sum puts a backslash before the sum of a file with an odd name. */
function sumOf(line: string | undefined): {readonly sha256?: string} {
  const sum = /^\\?([0-9a-f]{64})/.exec(line ?? '')?.[1]
  return sum ? {sha256: sum} : {}
}
