import {readFileSync, rmdirSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import path from 'node:path'
import {eventually} from '../support/eventually.ts'
import {controlGroup, DATA_FOLDER, dataFolder, INDEX_FOLDER, NAMESPACE_FOLDER, RUN_FOLDER} from './layout.ts'
import {namespacesOf, removeNamespace, tidyNamespaceFolder} from './network.ts'
import {killAllIn} from './processes.ts'
import {must} from './run.ts'
import {isAbandoned, labNames, listFolder, release} from './state.ts'

const NSPAWN_FOLDER = '/run/systemd/nspawn'
const GROUP_LIMIT_MS = 5000

/** Removes a lab, whole or half made, by its name alone: processes, namespaces, control groups, files. */
export async function bringDown(lab: string): Promise<void> {
  const namespaces = namespacesOf(lab)
  await killAllIn(namespaces.map(name => path.join(NAMESPACE_FOLDER, name)))
  for (const namespace of namespaces) await removeNamespace(namespace)
  await removeControlGroups(controlGroup(lab))
  for (const place of mountsBelow(dataFolder(lab))) await must(['umount', place])
  // A copy that a killed maker had begun may still be writing.
  await rm(dataFolder(lab), {recursive: true, force: true, maxRetries: 20})
  release(lab)
  await tidyNamespaceFolder()
  for (const folder of [NSPAWN_FOLDER, INDEX_FOLDER, RUN_FOLDER, DATA_FOLDER]) removeIfEmpty(folder)
}

/** What a test that was killed has mounted there, the innermost first. */
function mountsBelow(folder: string): readonly string[] {
  return mounts()
    .map(([, place = '']) => place)
    .filter(place => place.startsWith(`${folder}/`))
    .toReversed()
}

/** Removes labs that nobody is going to remove any more. */
export async function removeAbandoned(say: (line: string) => void): Promise<void> {
  for (const lab of labNames().filter(isAbandoned)) {
    say(`removing lab ${lab}, which its maker left behind`)
    await bringDown(lab)
  }
}

/** A group lets itself be removed a moment after its last process has ended. */
export async function removeControlGroups(group: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const top = path.join(hierarchy, group)
    await eventually(`${top} is empty`, GROUP_LIMIT_MS, () => removeGroup(top))
  }
}

function removeGroup(folder: string): boolean {
  try {
    for (const entry of listFolder(folder)) removeGroup(path.join(folder, entry))
    rmdirSync(folder)
    return true
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')
  }
}

function hierarchies(): readonly string[] {
  return mounts()
    .filter(([, , type, options]) => type === 'cgroup2' || options?.includes('name=systemd'))
    .map(([, place]) => place ?? '')
}

function mounts(): readonly (readonly string[])[] {
  return readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' '))
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // another lab is there
  }
}
