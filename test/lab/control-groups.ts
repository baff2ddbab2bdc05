import {existsSync, readdirSync, readFileSync, rmdirSync} from 'node:fs'
import path from 'node:path'
import {eventually} from './processes.ts'

const EMPTY_LIMIT_MS = 5000

/** Every process in a group of that name or below it. */
export function processesInGroup(group: string): readonly number[] {
  return hierarchies().flatMap(hierarchy => processesBelow(path.join(hierarchy, group)))
}

/** A group lets itself be removed a moment after its last process has ended. */
export async function removeControlGroup(group: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const top = path.join(hierarchy, group)
    await eventually(`${top} is empty`, EMPTY_LIMIT_MS, () => (remove(top) ? true : undefined))
  }
}

function processesBelow(folder: string): readonly number[] {
  try {
    const own = readFileSync(path.join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number)
    return [...own, ...groupsIn(folder).flatMap(processesBelow)]
  } catch {
    return []
  }
}

function remove(folder: string): boolean {
  try {
    for (const group of groupsIn(folder)) remove(group)
    rmdirSync(folder)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

function groupsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, {withFileTypes: true})
    .filter(entry => entry.isDirectory())
    .map(entry => path.join(folder, entry.name))
}

/** Where a host's systemd keeps its services: the one hierarchy, or the two of older machines. */
function hierarchies(): readonly string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' '))
    .filter(([, , type, options]) => type === 'cgroup2' || options?.includes('name=systemd'))
    .map(([, place]) => place ?? '')
}
