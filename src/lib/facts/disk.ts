import {known, type Observation, unknown} from '../model/observation.ts'
import {commandLine} from '../model/script.ts'
import {linesOf, type NodeFact, type Records} from './node-fact.ts'

/** Room where Grafana and gha write. */
export interface DiskSpace {
  readonly path: string
  readonly freeBytes: number
  /** Undefined on file systems that do not count them. */
  readonly freeInodes?: number
}

export const disk: NodeFact<readonly DiskSpace[]> = {
  ask: ({node: {paths}}) => `
existing() { place=$1; while [ ! -e "$place" ]; do place=\${place%/*}; place=\${place:-/}; done; }
set --
for path in ${commandLine([paths.data, folderOf(paths.config), paths.state])}; do
  record disk.path "$path"
  existing "$path"; set -- "$@" "$place"
done
record disk.rows "$(df -k --output=avail,itotal,iavail "$@" 2>/dev/null)"`,
  read: readDisk,
}

function folderOf(file: string): string {
  return file.replace(/\/[^/]*$/, '') || '/'
}

function readDisk(records: Records): Observation<readonly DiskSpace[]> {
  const paths = records.get('disk.path') ?? []
  // One row for each place asked, in that order, also where several lie on one file system.
  const rows = linesOf(records, 'disk.rows')
    .slice(1)
    .flatMap(line => readRow(line) ?? [])
  if (rows.length === 0 || rows.length !== paths.length) return unknown('the node did not tell how much room it has')
  return known(rows.map((row, place) => ({path: paths[place] ?? '', ...row})))
}

/** A file system that counts no inodes shows `-` or 0 of them. */
function readRow(line: string): Omit<DiskSpace, 'path'> | undefined {
  const [, kibibytes, inodes, freeInodes] = /^\s*(\d+)\s+(\d+|-)\s+(\d+|-)\s*$/.exec(line) ?? []
  if (kibibytes === undefined) return undefined
  return {
    freeBytes: Number(kibibytes) * 1024,
    ...(Number(inodes) > 0 ? {freeInodes: Number(freeInodes)} : {}),
  }
}
