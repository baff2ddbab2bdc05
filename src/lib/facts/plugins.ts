import {PLUGIN_JSON, pluginVersion} from '../grafana/plugin-archive.ts'
import {known, type Observation, unknown} from '../model/observation.ts'
import type {ReleasePlugin} from '../model/release.ts'
import {parsePlugins} from '../model/release-manifest.ts'
import {quote} from '../model/script.ts'
import {TREE_DIGEST} from '../model/tree.ts'
import {askBrought} from './brought.ts'
import {linesOf, type NodeFact, type Records, textOf} from './node-fact.ts'

export interface PluginsSeen {
  /** As `uname -m` calls it: plugins with programs of their own are built for one. */
  readonly machine: string
  /** What gha has put there, as the manifests on the node tell. */
  readonly brought: readonly ReleasePlugin[]
  /** Digests of the plugins that lie ready on the node, for its releases. */
  readonly kept: ReadonlySet<string>
  /** Path → what lies there, of those that were looked at. */
  readonly live: ReadonlyMap<string, LivePlugin>
}

/** Without a digest nothing is there. */
export interface LivePlugin {
  readonly digest?: string
  readonly version?: string
}

export const plugins: NodeFact<PluginsSeen> = {
  ask: ({cluster, node, plugins: ids}) => {
    if (!ids && cluster.grafana.plugins.length === 0) return 'record plugins.asked no'
    return [
      askBrought(node),
      ASK,
      ...(ids
        ? [TREE_DIGEST, LOOK, ...ids.map(id => `look_at ${quote(`${node.paths.plugins}/${id}`)}`), LOOK_AT_BROUGHT]
        : []),
    ].join('\n')
  },
  read: readPlugins,
}

const ASK = `
record plugins.machine "$(uname -m)"
[ -d "$state/plugins" ] && record plugins.kept "$(ls "$state/plugins")"
brought=$(brought | grep '^plugin')
record plugins.brought "$brought"`

/** One place is looked at once. */
const LOOK = `
looked=
look_at() {
  case "$looked" in *"|$1|"*) return ;; esac
  looked="$looked|$1|"
  record plugins.path "$1"
  record plugins.digest "$(tree_digest "$1")"
  for json in ${PLUGIN_JSON.join(' ')} none; do [ -f "$1/$json" ] && break; done
  record plugins.json "$(head -c 65536 "$1/$json" 2>/dev/null)"
}`

const LOOK_AT_BROUGHT = `
while IFS="$(printf '\\t')" read -r kind id version digest path; do
  [ -n "$path" ] && look_at "$path"
done <<BROUGHT
$brought
BROUGHT`

function readPlugins(records: Records): Observation<PluginsSeen> {
  const machine = textOf(records, 'plugins.machine')
  if (machine === undefined) return unknown('not asked')
  const [digests, jsons] = [records.get('plugins.digest') ?? [], records.get('plugins.json') ?? []]
  return known({
    machine,
    brought: parsePlugins(textOf(records, 'plugins.brought') ?? ''),
    kept: new Set(linesOf(records, 'plugins.kept')),
    live: new Map(
      (records.get('plugins.path') ?? []).map((path, place) => [path, livePlugin(digests[place], jsons[place])]),
    ),
  })
}

function livePlugin(digest = 'absent', json = ''): LivePlugin {
  if (digest === 'absent') return {}
  const version = pluginVersion(json)
  return {digest, ...(version ? {version} : {})}
}
