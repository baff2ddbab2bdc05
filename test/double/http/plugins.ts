import {readdirSync, readFileSync} from 'node:fs'
import path from 'node:path'
import type {Faults} from '../faults.ts'
import type {Grafana} from '../grafana.ts'
import type {Settings} from '../settings.ts'
import {type Exchange, json} from './reply.ts'

/** What lies in the plugin folder when Grafana starts: what is put there later is loaded by the next start. Programs are not run. */
export function loadPlugins(settings: Settings, faults: Faults): readonly unknown[] {
  return faults.has('no-plugins') ? [] : installedIn(settings.path('plugins'))
}

/** `core=0` leaves out what comes with Grafana. */
export function listPlugins({plugins, release}: Grafana, {request, response}: Exchange): void {
  const core = {id: 'text', name: 'Text', type: 'panel', signature: 'internal', info: {version: release.version}}
  json(response, 200, request.url?.includes('core=0') ? plugins : [core, ...plugins])
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
