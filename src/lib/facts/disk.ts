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
record disk.bytes "$(df -Pk "$@" 2>/dev/null)"
record disk.inodes "$(df -Pi "$@" 2>/dev/null)"`,
  read: readDisk,
}

function folderOf({node}: Asked, purpose: Purpose): string {
  return purpose === 'config' ? node.paths.config.replace(/\/[^/]*$/, '') || '/' : node.paths[purpose]
}

function readDisk(records: Records): Observation<readonly DiskSpace[]> {
  const [paths, bytes] = [records.get('disk.path') ?? [], rowsOf(records, 'disk.bytes')]
  const inodes = rowsOf(records, 'disk.inodes')
  if (bytes.length !== PURPOSES.length) return unknown('the node did not tell how much room it has')
  return known(
    bytes.map((space, place) => {
      const counted = inodes.length === bytes.length ? inodes[place] : undefined
      return {
        purpose: PURPOSES[place] ?? 'data',
        path: paths[place] ?? '',
        mountedOn: space.mountedOn,
        filesystem: space.filesystem,
        freeBytes: space.free * 1024,
        ...(counted && counted.total > 0 ? {freeInodes: counted.free} : {}),
      }
    }),
  )
}

/** One row for each place asked, in that order, also where several lie on one file system. */
function rowsOf(records: Records, key: string) {
  return linesOf(records, key)
    .slice(1)
    .flatMap(line => readRow(line) ?? [])
}

/** A row of `df -P`: names may hold blanks, numbers may not. */
function readRow(line: string) {
  const match = /^(.*?)\s+(\d+)\s+\d+\s+(\d+)\s+(?:\d+%|-)\s+(\/.*)$/.exec(line)
  if (!match) return undefined
  return {filesystem: match[1] ?? '', total: Number(match[2]), free: Number(match[3]), mountedOn: match[4] ?? ''}
}
