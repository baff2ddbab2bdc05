import {known, type Observation, unknown} from '../model/observation.ts'
import {quote} from '../model/script.ts'
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
room() {
  existing "$2"
  record "disk.$1.path" "$2"
  record "disk.$1.bytes" "$(df -Pk "$place" 2>/dev/null)"
  record "disk.$1.inodes" "$(df -Pi "$place" 2>/dev/null)"
}
${PURPOSES.map(purpose => `room ${purpose} ${quote(folderOf(asked, purpose))}`).join('\n')}`,
  read: readDisk,
}

function folderOf({node}: Asked, purpose: Purpose): string {
  return purpose === 'config' ? node.paths.config.replace(/\/[^/]*$/, '') || '/' : node.paths[purpose]
}

function readDisk(records: Records): Observation<readonly DiskSpace[]> {
  const spaces = PURPOSES.flatMap(purpose => readSpace(records, purpose) ?? [])
  return spaces.length === PURPOSES.length ? known(spaces) : unknown('the node did not tell how much room it has')
}

function readSpace(records: Records, purpose: Purpose): DiskSpace | undefined {
  const space = readRow(linesOf(records, `disk.${purpose}.bytes`).slice(1))
  if (!space) return undefined
  const inodes = readRow(linesOf(records, `disk.${purpose}.inodes`).slice(1))
  return {
    purpose,
    path: records.get(`disk.${purpose}.path`)?.at(-1) ?? '',
    mountedOn: space.mountedOn,
    filesystem: space.filesystem,
    freeBytes: space.free * 1024,
    ...(inodes && inodes.total > 0 ? {freeInodes: inodes.free} : {}),
  }
}

/** A row of `df -P`: names may hold blanks, numbers may not. */
function readRow(lines: readonly string[]) {
  const match = /^(.*?)\s+(\d+)\s+\d+\s+(\d+)\s+(?:\d+%|-)\s+(\/.*)$/.exec(lines.join(' '))
  if (!match) return undefined
  return {filesystem: match[1] ?? '', total: Number(match[2]), free: Number(match[3]), mountedOn: match[4] ?? ''}
}
