import path from 'node:path'
import {messageOf} from '../errors/message-of.ts'
import {type PluginName, readPluginArchive} from '../grafana/plugin-archive.ts'
import {machineOfArchive, type PluginBuild, type PluginOffer} from '../grafana/plugin-builds.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Files} from '../ports/local.ts'
import {readArchive} from './change/archives.ts'

/** The archives of the plugins that gha.yaml names. One that is missing or unfit stops only whoever needs it. */
export async function readPlugins({grafana}: Cluster, files: Files): Promise<readonly PluginOffer[]> {
  const {plugins, pluginSource} = grafana
  if (plugins.length === 0 || !pluginSource) return []
  const {directory} = pluginSource
  const names = await files.list(directory)
  // One after the other: a file of each is unpacked in memory.
  return Array.fromAsync(plugins, async plugin => {
    const archives = names.flatMap(name => {
      const machine = machineOfArchive(name, plugin)
      return machine ? [{file: path.join(directory, name), ...machine}] : []
    })
    return {...plugin, builds: await Array.fromAsync(archives, archive => readBuild(archive, plugin, files))}
  })
}

async function readBuild(
  archive: {readonly file: string; readonly machine?: string},
  plugin: PluginName,
  files: Files,
): Promise<PluginBuild> {
  try {
    return {...archive, tree: await readPluginArchive(await readArchive(archive.file, files), plugin)}
  } catch (error) {
    const said = messageOf(error)
    return {...archive, problem: said.replace(`${path.basename(archive.file)} `, '')}
  }
}
