import {existsSync, readdirSync, readFileSync, readlinkSync, statSync} from 'node:fs'
import path from 'node:path'
import {controlGroup, dataFolder, NAMESPACE_FOLDER, runFolder} from './layout.ts'
import {namespacesOf} from './network.ts'

/** The numbers of a lab's networks: a process keeps its network when the name of it is gone. */
export function networksOf(name: string): readonly number[] {
  return namespacesOf(name).map(namespace => statSync(path.join(NAMESPACE_FOLDER, namespace)).ino)
}

/** What this machine still shows of a lab: files, namespaces, control groups, and per process its network and mounts. */
export function tracesOf(name: string, networks: readonly number[]): readonly string[] {
  const places = [runFolder(name), dataFolder(name), ...groupsOf(name)].filter(place => existsSync(place))
  const processes = readdirSync('/proc').filter(entry => /^\d+$/.test(entry))
  return [...places, ...namespacesOf(name), ...processes.flatMap(pid => tracesIn(pid, name, networks))]
}

function tracesIn(pid: string, name: string, networks: readonly number[]): readonly string[] {
  try {
    const network = readlinkSync(`/proc/${pid}/ns/net`)
    const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    const holdsMount = mounts.includes(`gha-lab/${name}/`) || mounts.includes(`gha-lab.${name}.`)
    if (!holdsMount && !networks.some(inode => network === `net:[${inode}]`)) return []
    return [`process ${pid}: ${readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')}`]
  } catch {
    return []
  }
}

function groupsOf(name: string): readonly string[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .filter(line => line.includes('name=systemd') || line.includes(' cgroup2 '))
    .map(line => path.join(line.split(' ')[1] ?? '', controlGroup(name)))
}
