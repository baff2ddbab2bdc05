import type {Release, ReleasePlugin} from '../model/release.ts'
import {quote} from '../model/script.ts'
import {TREE_DIGEST} from '../model/tree.ts'

/** A plugin's files on their way to a node. */
export interface PluginLoad {
  readonly digest: string
  /** A compressed tar of its folder. */
  readonly bytes: Uint8Array
}

/**
 * Plugins lie in `$state/plugins/DIGEST`, once for all releases that have them, and are copied from there into their
 * place: what happens to a live folder never reaches the copy to go back to.
 *
 * Shell text that takes plugins off the input in the order they were sent.
 */
export function receivePlugins(loads: readonly PluginLoad[]): string {
  if (loads.length === 0) return ''
  return [
    `receive_plugin() {
  kept=$state/plugins/$1
  rm -rf "$kept.part" && mkdir -p "$kept.part" || fail "no room for the plugins"
  head -c "$2" | tar -xzf - -C "$kept.part" --no-same-owner || fail "no room for the plugins, or no tar and gzip"
  chmod -R u=rwX,go=rX "$kept.part"
  sync
  rm -rf "$kept" && mv "$kept.part" "$kept" || fail "no room for the plugins"
}`,
    ...loads.map(({digest, bytes}) => `receive_plugin ${digest} ${bytes.length}`),
  ].join('\n')
}

/** Shell text that fails unless all plugins of a release lie on the node whole; one that does not is forgotten, to be sent again. */
export function verifyPlugins({plugins = []}: Release): string {
  if (plugins.length === 0) return ''
  return [
    TREE_DIGEST,
    `verify_plugin() {
  [ "$(tree_digest "$state/plugins/$1")" = "$1" ] && return 0
  rm -rf "$state/plugins/$1"
  fail "plugin $2 is not whole on this node: run the command again, and it is sent anew"
}`,
    ...plugins.map(({id, digest}) => `verify_plugin ${digest} ${quote(id)}`),
  ].join('\n')
}

/**
 * Shell text that keeps the plugins that lie where the release will put its own and that no release of gha brought: as
 * `found` in the manifest of the release `$current`, so that whoever goes back puts them back.
 */
export function rememberPlugins(
  plugins: readonly ReleasePlugin[],
  versionsThere: ReadonlyMap<string, string> = new Map(),
): string {
  if (plugins.length === 0) return ''
  return [
    TREE_DIGEST,
    REMEMBER,
    ...plugins.map(({id, path}) => `keep_found ${[id, versionsThere.get(path) ?? '-', path].map(quote).join(' ')}`),
  ].join('\n')
}

const REMEMBER = `
tab=$(printf '\\t')
keep_found() {
  [ -d "$3" ] && [ -e "$state/releases/$current/manifest" ] || return 0
  for release in $(cat "$state/release" 2>/dev/null) $(cat "$state/swapping" 2>/dev/null); do
    [ "$whose" = all ] || ! grep "^plugin$tab" "$state/releases/$release/manifest" 2>/dev/null | cut -f 5 | grep -qxF -- "$3" || return 0
  done
  digest=$(tree_digest "$3"); kept=$state/plugins/$digest
  if [ ! -d "$kept" ]; then
    rm -rf "$kept.part" && mkdir -p "$kept.part" && cp -a "$3/." "$kept.part" && sync && mv "$kept.part" "$kept" || fail "no room for plugin $1 as it is"
  fi
  manifest=$state/releases/$current/manifest
  { path=$3 awk -F '\\t' '!($1 == "found" && $5 == ENVIRON["path"])' "$manifest"; printf 'found\\t%s\\t%s\\t%s\\t%s\\n' "$1" "$2" "$digest" "$3"; } >"$manifest.new" &&
    mv -f "$manifest.new" "$manifest" || fail "no room for plugin $1 as it is"
}`.trim()

/**
 * Shell functions for the swap of a release's plugins. While Grafana still runs, `ready_plugins RELEASE EARLIER…` copies
 * what differs to a place from which one rename brings it in, and sets `$plugins_change`. Then, Grafana stopped,
 * `swap_plugins RELEASE` renames, and `clear_aside RELEASE` takes that place away before Grafana reads its folder. Each
 * looks at what is there, so that after a cut all do what is left.
 */
export const SWAP_PLUGINS = `
${TREE_DIGEST}
aside_of() {
  device=$(stat -L -c %d "$1")
  for near in "$state" "$(dirname "$1")"; do
    [ "$(stat -L -c %d "$near")" != "$device" ] || { printf %s "$near/.gha-plugins"; return; }
  done
  printf %s "$1/.gha-plugins"
}
plugin_folder() {
  [ -d "$1" ] && return 0
  mkdir -p "$1" && chmod 755 "$1" || return 1
  [ "$(id -u)" -ne 0 ] || chown --reference="$(dirname "$1")" "$1"
}
is_plugin() { [ "$1" = plugin ] || [ "$1" = found ]; }
leaves() { ! cut -f 5 "$state/releases/$2/manifest" | grep -qxF -- "$1"; }
ready_plugin() {
  plugin_folder "$(dirname "$3")" && aside=$(aside_of "$(dirname "$3")") && rm -rf "$aside/$1.new" && mkdir -p "$aside" && chmod 700 "$aside" || return 1
  [ "$(tree_digest "$3")" != "$2" ] || return 0
  plugins_change=yes
  cp -a "$state/plugins/$2" "$aside/$1.new"
}
ready_plugins() {
  plugins_change= wished=$1
  while IFS="$tab" read -r kind id version digest path; do
    is_plugin "$kind" || continue
    ready_plugin "$id" "$digest" "$path" || { echo "cannot make plugin $id ready" >&2; return 1; }
  done <"$state/releases/$wished/manifest"
  shift
  for earlier; do
    [ -e "$state/releases/$earlier/manifest" ] || continue
    while IFS="$tab" read -r kind id version digest path; do
      if [ "$kind" = plugin ] && [ -e "$path" ] && leaves "$path" "$wished"; then plugins_change=yes; fi
    done <"$state/releases/$earlier/manifest"
  done
  [ -z "$plugins_change" ] || sync
}
swap_plugin() {
  aside=$(aside_of "$(dirname "$2")")
  [ -d "$aside/$1.new" ] || return 0
  rm -rf "$aside/$1.old"
  if [ -e "$2" ] || [ -L "$2" ]; then mv -T "$2" "$aside/$1.old" || return 1; fi
  mv -T "$aside/$1.new" "$2" || { [ ! -e "$aside/$1.old" ] || mv -T "$aside/$1.old" "$2"; return 1; }
  relabel -R "$2"
}
swap_plugins() {
  while IFS="$tab" read -r kind id version digest path; do
    is_plugin "$kind" || continue
    swap_plugin "$id" "$path" || { echo "cannot write $path" >&2; return 1; }
    [ "$kind" = found ] || [ "$(id -u)" -ne 0 ] || chown -hR root:root "$path"
  done <"$state/releases/$1/manifest"
}
clear_aside() {
  [ -e "$state/releases/$1/manifest" ] || return 0
  while IFS="$tab" read -r kind id version digest path; do
    if is_plugin "$kind"; then rm -rf "$(aside_of "$(dirname "$path")")"; fi
  done <"$state/releases/$1/manifest"
}`.trim()

/** Shell text that forgets the plugins that no kept release has. */
export const PRUNE_PLUGINS = `
for plugin in "$state"/plugins/*; do
  [ -d "$plugin" ] || continue
  grep -qF -- "\${plugin##*/}" "$state"/releases/*/manifest || rm -rf "$plugin"
done`.trim()
