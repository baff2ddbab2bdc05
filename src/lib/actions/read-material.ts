import path from 'node:path'
import {GhaError} from '../errors/gha-error.ts'
import type {Cluster} from '../model/cluster.ts'
import type {Files} from '../ports/local.ts'
import type {RenderMaterial} from '../render/render-material.ts'
import {readPlugins} from './read-plugins.ts'

/** What changing or comparing needs of this machine: what rendering does, and the plugins. @throws GhaError `FILE_MISSING` */
export async function readMaterial(cluster: Cluster, files: Files): Promise<RenderMaterial> {
  const material = await readRenderMaterial(cluster, files)
  const plugins = await readPlugins(cluster, files)
  return plugins.length > 0 ? {...material, plugins} : material
}

/** What rendering needs of this machine: certificates and the provisioning tree. @throws GhaError `FILE_MISSING` */
export async function readRenderMaterial(cluster: Cluster, files: Files): Promise<RenderMaterial> {
  const {database, grafana} = cluster
  const text = async (file: string) => {
    const bytes = await files.read(file)
    if (!bytes) throw missing(file)
    return new TextDecoder().decode(bytes)
  }
  const folder = grafana.provisioning
  const entries = folder ? await files.list(folder) : []
  return {
    database: {
      ...(database.ca ? {ca: await text(database.ca)} : {}),
      ...(database.clientCertificate ? {clientCertificate: await text(database.clientCertificate)} : {}),
      ...(database.clientKey ? {clientKey: await text(database.clientKey)} : {}),
    },
    provisioning: await Promise.all(
      entries.map(async entry => ({path: entry, content: await text(path.join(folder ?? '', entry))})),
    ),
  }
}

function missing(file: string): GhaError {
  return new GhaError(`there is no file ${file}, which gha.yaml names`, {
    code: 'FILE_MISSING',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Put it there, or correct the path in gha.yaml.',
  })
}
