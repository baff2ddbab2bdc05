import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import type {Grafana} from '../grafana.ts'
import {type Exchange, json} from './reply.ts'

/** What is in the plugin folder, read at every request; `core=0` leaves out what comes with Grafana. */
export function listPlugins({settings, faults, release}: Grafana, {request, response}: Exchange): void {
  const core = {id: 'text', name: 'Text', type: 'panel', signature: 'internal', info: {version: release.version}}
  const installed = faults.has('no-plugins') ? [] : installedIn(settings.path('plugins'))
  json(response, 200, request.url?.includes('core=0') ? installed : [core, ...installed])
}

function installedIn(folder: string): readonly unknown[] {
  return namesIn(folder).flatMap(name => {
    const plugin = pluginIn(path.join(folder, name))
    if (!plugin) return []
    const {id, name: title, type, info} = plugin
    return [{id, name: title, type, signature: 'unsigned', enabled: true, info: info ?? {}}]
  })
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function pluginIn(folder: string): Record<string, unknown> | undefined {
  for (const place of ['plugin.json', 'dist/plugin.json']) {
    try {
      return JSON.parse(readFileSync(path.join(folder, place), 'utf8')) as Record<string, unknown>
    } catch {
      // the other place may have it
    }
  }
  return undefined
}
