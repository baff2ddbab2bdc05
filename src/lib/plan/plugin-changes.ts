import {foreignContent} from '../facts/foreign-file.ts'
import type {NodeObservation} from '../facts/node-observation.ts'
import type {LivePlugin} from '../facts/plugins.ts'
import {given} from '../model/given.ts'
import type {ReleasePlugin} from '../model/release.ts'
import type {FileChange} from './plan.ts'
import type {Wish} from './wish.ts'

/** Plugins that are not as the release has them, and those that an earlier release brought and this one lacks. */
export function pluginChanges({release}: Wish, observed: NodeObservation): readonly FileChange[] {
  const {plugins = []} = release
  const wished = new Set(plugins.map(({path}) => path))
  return [
    ...plugins.flatMap(plugin => changeOf(plugin, observed)),
    ...broughtTo(observed).flatMap(plugin => (wished.has(plugin.path) ? [] : removalOf(plugin, observed))),
  ]
}

/** In words, as `plugin grafana-clock-panel 2.1.2 → 2.1.3`. */
export function pluginReasons(changes: readonly FileChange[]): readonly string[] {
  return changes.flatMap(change => (change.plugin ? [`plugin ${change.plugin.id} ${versionsIn(change)}`] : []))
}

/** Path → digest of what lies where the release will put or remove something. */
export function pluginsSeen(
  {release}: Wish,
  observed: NodeObservation,
): readonly (readonly [string, string | undefined])[] {
  const paths = new Set([...(release.plugins ?? []), ...broughtTo(observed)].map(({path}) => path))
  return [...paths].map(path => [path, liveAt(path, observed).digest])
}

function versionsIn({change, foreign, plugin}: FileChange): string {
  const {from, to} = plugin ?? {}
  if (change === 'create') return `${to} (new)`
  if (change === 'remove') return `${from ?? '?'} (removed)`
  if (from !== to) return `${from ?? '?'} → ${to}`
  return foreign ? `${to} (changed on the node)` : `${to} (another build)`
}

function changeOf({id, version, path, digest}: ReleasePlugin, observed: NodeObservation): readonly FileChange[] {
  const live = liveAt(path, observed)
  if (live.digest === undefined) return [{path, change: 'create', plugin: {id, to: version}}]
  if (live.digest === digest) return []
  const plugin = {id, to: version, ...given({from: live.version})}
  return [{path, change: 'update', ...foreignAt(path, live, observed), plugin}]
}

function removalOf({id, path}: ReleasePlugin, observed: NodeObservation): readonly FileChange[] {
  const live = liveAt(path, observed)
  if (live.digest === undefined) return []
  return [{path, change: 'remove', ...foreignAt(path, live, observed), plugin: {id, ...given({from: live.version})}}]
}

function foreignAt(path: string, {digest}: LivePlugin, observed: NodeObservation): Pick<FileChange, 'foreign'> {
  return given({foreign: foreignContent({path, sum: digest}, observed)})
}

/** Each place once, where several releases had it. */
function broughtTo({plugins}: NodeObservation): readonly ReleasePlugin[] {
  const brought = plugins.known ? plugins.value.brought.filter(({origin}) => origin === 'archive') : []
  return [...new Map(brought.map(plugin => [plugin.path, plugin])).values()]
}

function liveAt(path: string, {plugins}: NodeObservation): LivePlugin {
  return (plugins.known && plugins.value.live.get(path)) || {}
}
