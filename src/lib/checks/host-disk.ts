import type {DiskSpace} from '../facts/disk.ts'
import {failed, passed} from './check.ts'
import {perNode} from './per-node.ts'

const MIB = 1024 * 1024
/** Two releases of Grafana and a working folder do not fit into less. */
const LEAST_BYTES = 512 * MIB
const COMFORTABLE_BYTES = 2048 * MIB
const LEAST_INODES = 10_000

export const hostDisk = perNode({
  id: 'host/disk',
  title: 'there is room where Grafana and gha write',
  severity: 'error',
  hint: 'Free some room there (`df -h` and `df -i` show it), then run `gha check --only host/disk` again.',
  fact: ({seen}) => seen.disk,
  judge(spaces) {
    const full = spaces.filter(space => isFull(space))
    if (full.length > 0) return failed(full.map(describe).join(', '))
    const tight = spaces.filter(({freeBytes}) => freeBytes < COMFORTABLE_BYTES)
    if (tight.length > 0) return failed(tight.map(describe).join(', '), {severity: 'warning'})
    return passed(`at least ${mebibytes(Math.min(...spaces.map(({freeBytes}) => freeBytes)))} free`)
  },
})

function isFull({freeBytes, freeInodes}: DiskSpace): boolean {
  return freeBytes < LEAST_BYTES || (freeInodes !== undefined && freeInodes < LEAST_INODES)
}

function describe({path, freeBytes, freeInodes}: DiskSpace): string {
  const inodes = freeInodes !== undefined && freeInodes < LEAST_INODES ? ` and ${freeInodes} inodes` : ''
  return `${mebibytes(freeBytes)}${inodes} free for ${path}`
}

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`
}
