import type {PluginsSeen} from '../facts/plugins.ts'
import {type About, failed, passed, skipped, undecided, type WishedTree} from './check.ts'
import {perNode} from './per-node.ts'

export const configPlugins = perNode({
  id: 'config/plugins',
  title: 'the plugins are those of gha.yaml',
  severity: 'warning',
  hint: 'See what would change with `gha rollout --dry-run`, and bring it to the nodes with `gha rollout`.',
  unless: ({wish, seen}) =>
    wish.plugins || (seen.plugins.known && seen.plugins.value.brought.length > 0)
      ? undefined
      : 'gha.yaml names no plugins',
  fact: ({seen}) => seen.plugins,
  judge(plugins, about) {
    if (!isApplied(about)) return skipped('gha has not brought them yet')
    const wished = about.wish.plugins ?? []
    const wrong = [...wished.flatMap(each => wrongWith(each, plugins) ?? []), ...leftBehind(plugins, wished)]
    if (wrong.length > 0) return failed(wrong.join(', '))
    const unread = wished.flatMap(({problem}) => problem ?? [])
    return unread.length > 0
      ? undecided(`the versions are right, and their content is unknown: ${unread.join(', ')}`)
      : passed(`${wished.length} plugins are as wished`)
  },
})

function isApplied({seen: {state}}: About): boolean {
  return !state.known || state.value.release !== undefined
}

function wrongWith({id, version, path, digest}: WishedTree, {live, brought}: PluginsSeen): string | undefined {
  const {digest: there, version: is} = live.get(path) ?? {}
  if (there === undefined) return `${id} is missing`
  if (is !== version) return `${id} is ${is ?? 'of no version'}, not ${version}`
  if (digest === undefined || there === digest) return undefined
  const isOurs = brought.some(plugin => plugin.path === path && plugin.digest === there)
  return isOurs ? `${id} ${version} is another build than the archive` : `${id} ${version} was changed on the node`
}

/** What gha brought and gha.yaml names no more. */
function leftBehind({brought, live}: PluginsSeen, wished: readonly WishedTree[]): readonly string[] {
  return brought
    .filter(({origin, path}) => origin === 'archive' && !wished.some(plugin => plugin.path === path))
    .flatMap(({id, path}) => (live.get(path)?.digest === undefined ? [] : [`${id} is not in gha.yaml any more`]))
}
