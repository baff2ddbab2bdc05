import {known, type Observation, unknown} from '../model/observation.ts'
import {commandLine} from '../model/script.ts'
import {type Asked, linesOf, type NodeFact, type Records} from './node-fact.ts'

/** Room where Grafana and gha write. */
export interface DiskSpace {
  readonly purpose: Purpose
  readonly path: string
  readonly mountedOn: string
  /** What is mounted: `/dev/sda1`, `nas:/export`. */
  readonly filesystem: string
  readonly freeBytes: number
  /** Undefined on file systems that do not count them. */
  readonly freeInodes?: number
}

const PURPOSES = ['data', 'config', 'state'] as const
type Purpose = (typeof PURPOSES)[number]

export const disk: NodeFact<readonly DiskSpace[]> = {
  name: 'disk',
  ask: asked => `
existing() { place=$1; while [ ! -e "$place" ]; do place=\${place%/*}; place=\${place:-/}; done; }
set --
for path in ${commandLine(PURPOSES.map(purpose => folderOf(asked, purpose)))}; do
  record disk.path "$path"
  existing "$path"; set -- "$@" "$place"
done
record disk.rows "$(df -k --output=source,avail,itotal,iavail,target "$@" 2>/dev/null)"`,
  read: readDisk,
}

function folderOf({node}: Asked, purpose: Purpose): string {
  return purpose === 'config' ? node.paths.config.replace(/\/[^/]*$/, '') || '/' : node.paths[purpose]
}

function readDisk(records: Records): Observation<readonly DiskSpace[]> {
  const paths = records.get('disk.path') ?? []
  // One row for each place asked, in that order, also where several lie on one file system.
  const rows = linesOf(records, 'disk.rows')
    .slice(1)
    .flatMap(line => readRow(line) ?? [])
  if (rows.length !== PURPOSES.length) return unknown('the node did not tell how much room it has')
  return known(rows.map((row, place) => ({purpose: PURPOSES[place] ?? 'data', path: paths[place] ?? '', ...row})))
}

/** Names may hold blanks, numbers may not; a file system that counts no inodes shows `-` or 0 of them. */
function readRow(line: string): Omit<DiskSpace, 'purpose' | 'path'> | undefined {
  const [, filesystem = '', kibibytes, inodes, freeInodes, mountedOn = ''] =
    /^(.*?)\s+(\d+)\s+(\d+|-)\s+(\d+|-)\s+(\/.*)$/.exec(line) ?? []
  if (kibibytes === undefined) return undefined
  return {
    filesystem,
    mountedOn,
    freeBytes: Number(kibibytes) * 1024,
    ...(Number(inodes) > 0 ? {freeInodes: Number(freeInodes)} : {}),
  }
}
