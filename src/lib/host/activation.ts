import type {Lease} from '../model/lease.ts'
import {quote} from '../model/script.ts'
import type {InstallMethod} from './install/method.ts'
import {SWAP_PLUGINS} from './plugins.ts'
import {RELABEL} from './relabel.ts'
import type {ServiceControl} from './service/service-control.ts'

/** What every script that changes a node's Grafana needs to know. */
export interface Activation {
  readonly state: string
  readonly lease: Lease
  readonly install: InstallMethod
  readonly service: ServiceControl
}

/**
 * Shell text that defines `activate RELEASE`: installs the release's package, swaps its files in, starts Grafana on it.
 * One text for the swap, for the way back and for the dead man, so that all three do the same.
 *
 * A file that is already right is not touched: its inode and times stay. A file is made under a temporary name in its
 * own folder, so that a full disk leaves the old one. Files and plugins of the last release that the new one lacks are
 * removed, and of one whose swap was cut: its name stands in `$state/swapping` until a swap has ended. What such a word
 * says is on the disk before it is there: after a power cut it would be empty beside files that are swapped already.
 */
export function activationFunctions(install: InstallMethod, service: ServiceControl): string {
  return [RELABEL, service.functions, install.functions, SWAP_PLUGINS, ACTIVATE].join('\n')
}

const ACTIVATE = `
tab=$(printf '\\t')
own() {
  if [ "$1" = service ]; then chmod 640 "$2"; [ "$(id -u)" -ne 0 ] || chown "root:$(service_group)" "$2"
  else chmod 644 "$2"; [ "$(id -u)" -ne 0 ] || chown root:root "$2"; fi
}
swap_file() {
  cmp -s "$1" "$3" && return 0
  (umask 022; mkdir -p "$(dirname "$3")") || return 1
  cp "$1" "$3.gha-new" && own "$2" "$3.gha-new" && { sync "$3.gha-new" 2>/dev/null || sync; } && mv -f "$3.gha-new" "$3" || { rm -f "$3.gha-new"; return 1; }
  touch "$3"
  relabel "$3"
}
swap_files() {
  while IFS="$tab" read -r kind index access sha path; do
    case $kind in file | kept) ;; *) continue ;; esac
    swap_file "$state/releases/$1/files/$index" "$access" "$path" || { echo "cannot write $path" >&2; return 1; }
  done <"$state/releases/$1/manifest"
}
remove_leftovers() {
  [ -e "$state/releases/$2/manifest" ] && [ "$2" != found ] || return 0
  while IFS="$tab" read -r kind index access sha path; do
    case $kind in file | plugin) ;; *) continue ;; esac
    leaves "$path" "$1" || continue
    if [ "$kind" = file ]; then rm -f "$path"; else rm -rf "$path"; fi || { echo "cannot remove $path" >&2; return 1; }
  done <"$state/releases/$2/manifest"
}
before_start() { :; }
put_word() { printf %s "$2" >"$state/$1.new" && { sync "$state/$1.new" 2>/dev/null || sync; } && mv -f "$state/$1.new" "$state/$1"; }
activate() {
  release=$1
  [ -e "$state/releases/$release/manifest" ] || { echo "release $release is not on this host" >&2; return 1; }
  : >"$state/begun" || { echo "cannot write in $state" >&2; return 1; }
  last=$(cat "$state/release" 2>/dev/null)
  if [ "$last" != "$release" ]; then put_word previous "\${last:-found}"; fi
  cut=$(cat "$state/swapping" 2>/dev/null)
  put_word swapping "$(printf '%s\\n' $cut "$release" | sort -u)" || { echo "cannot write in $state" >&2; return 1; }
  ready_plugins "$release" "$last" $cut || return 1
  wished_version=$(sed -n "s/^version$tab//p" "$state/releases/$release/manifest")
  if [ "$(package_current)" != "$wished_version" ]; then
    service_hold; service_stop
    package_install "$wished_version"; installed=$?
    service_release
    [ "$installed" = 0 ] || { echo "installing Grafana $wished_version failed" >&2; return 1; }
  fi
  package_keep
  swap_files "$release" || return 1
  if [ -n "$plugins_change" ]; then service_stop; fi
  swap_plugins "$release" || return 1
  for old in "$last" $cut; do remove_leftovers "$release" "$old" || return 1; clear_aside "$old"; done
  clear_aside "$release"
  put_word release "$release" || return 1
  rm -f "$state/swapping"
  before_start || { echo "cannot write in $state" >&2; return 1; }
  service_restart "\${2:-}" || { echo "the service did not start" >&2; return 1; }
}`.trim()

/** Shell text that refuses when a live file or plugin is neither what the plan saw nor already what it should become. */
export function unchangedSincePlan(
  seen: ReadonlyMap<string, string | undefined>,
  wished: ReadonlyMap<string, string>,
): string {
  return [...seen]
    .map(([path, sha256]) => {
      const allowed = [sha256 ?? 'absent', wished.get(path) ?? 'absent'].join('|')
      return `case "$(tree_digest ${quote(path)})" in ${allowed}) ;; *) refuse ${quote(`${path} was changed since the plan was made`)} ;; esac`
    })
    .join('\n')
}
