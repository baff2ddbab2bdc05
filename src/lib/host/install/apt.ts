/** `repositories`: what the node's apt knows. `pushed`: what was put to `$state/packages/pushed-VERSION`, and nothing else. */
export type AptSource = 'repositories' | 'pushed'

/**
 * Packages are kept in `$state/packages`, so that nothing is downloaded while the node is out, and the old version is
 * there to go back to. What a power cut left half unpacked has its version already, and is configured by nobody: it is
 * installed anew.
 */
export function aptInstall(packageName: string, source: AptSource): string {
  return `
package=${packageName}
export DEBIAN_FRONTEND=noninteractive
apt_get() { apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 -o Dpkg::Options::=--force-confold "$@" >&2; }
package_file() { find "$state/packages" -maxdepth 1 -name "\${package}_$1_*.deb" 2>/dev/null | head -n 1; }
package_at_hand() { [ -n "$(package_file "$1")" ]; }
package_current() { dpkg-query -W -f='\${db:Status-Status} \${Version}' "$package" 2>/dev/null | sed -n 's/^installed //p'; }
${GET[source]}
package_fetch() {
  package_at_hand "$1" && return 0
  package_get "$1" && package_at_hand "$1" || return 1
  apt_get install --download-only --allow-downgrades --allow-change-held-packages --no-install-recommends "$(package_file "$1")" && return 0
  [ "$(package_current)" = "$1" ] || rm -f "$(package_file "$1")"
  echo "what $package $1 depends on cannot be had here" >&2
  return 1
}
package_install() {
  dpkg --configure -a >&2
  apt_get install --reinstall --allow-downgrades --allow-change-held-packages --no-install-recommends "$(package_file "$1")"
}
package_keep() {
  [ "$(dpkg-query -W -f='\${db:Status-Want}' "$package")" = hold ] || apt-mark hold "$package" >/dev/null
}
package_prune() {
  rm -f "$state/packages"/pushed-*
  for deb in "$state/packages"/*_*.deb; do
    version=$(basename "$deb" | cut -d_ -f2)
    case " $* " in *" $version "*) ;; *) rm -f "$deb" ;; esac
  done
}`.trim()
}

/** Defines `package_get VERSION`: the package itself, without what it depends on. */
const GET: Readonly<Record<AptSource, string>> = {
  repositories: `package_get() {
  mkdir -p "$state/packages/part" && cd "$state/packages/part" || return 1
  apt_get download "$package=$1" || { apt_get update && apt_get download "$package=$1"; } || return 1
  for deb in *.deb; do
    [ "$(dpkg-deb --field "$deb" Version)" = "$1" ] && mv -f "$deb" "$state/packages/\${package}_$1_\${deb##*_}"
  done
  cd "$state"
}`,
  pushed: `package_get() {
  pushed=$state/packages/pushed-$1
  [ -e "$pushed" ] || return 1
  is=$(dpkg-deb --show --showformat '\${Package} \${Version} \${Architecture}' "$pushed") || return 1
  case $is in
    "$package $1 $(dpkg --print-architecture)" | "$package $1 all") mv -f "$pushed" "$state/packages/\${package}_$1_\${is##* }.deb" ;;
    *) echo "the pushed package is $is, not $package $1 for $(dpkg --print-architecture)" >&2; return 1 ;;
  esac
}`,
}
