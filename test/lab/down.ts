import {rmdirSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import path from 'node:path'
import {processesInGroup, removeControlGroup} from './control-groups.ts'
import {controlGroup, DATA_FOLDER, dataFolder, INDEX_FOLDER, NAMESPACE_FOLDER, RUN_FOLDER} from './layout.ts'
import {namespacesOf, removeNamespace, tidyNamespaceFolder} from './network.ts'
import {killAll, processesIn} from './processes.ts'
import {isAbandoned, labNames, release} from './state.ts'

const NSPAWN_FOLDER = '/run/systemd/nspawn'

/** Removes a lab, whole or half made, by its name alone: processes, namespaces, control groups, files. */
export async function bringDown(lab: string): Promise<void> {
  const namespaces = namespacesOf(lab)
  const files = namespaces.map(name => path.join(NAMESPACE_FOLDER, name))
  await killAll(() => [...processesIn(files), ...processesInGroup(controlGroup(lab))])
  for (const namespace of namespaces) await removeNamespace(namespace)
  await removeControlGroup(controlGroup(lab))
  // A copy that a killed maker had begun may still be writing.
  await rm(dataFolder(lab), {recursive: true, force: true, maxRetries: 20})
  release(lab)
  await tidyNamespaceFolder()
  for (const folder of [NSPAWN_FOLDER, INDEX_FOLDER, RUN_FOLDER, DATA_FOLDER]) removeIfEmpty(folder)
}

/** Removes labs that nobody is going to remove any more. */
export async function removeAbandoned(say: (line: string) => void): Promise<void> {
  for (const lab of labNames().filter(isAbandoned)) {
    say(`removing lab ${lab}, which its maker left behind`)
    await bringDown(lab)
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // another lab is there
  }
}
