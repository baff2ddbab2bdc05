/** `repositories`: what the node's apt knows. `pushed`: what was put to `$state/packages/pushed-VERSION`, and nothing else. */
export type AptSource = 'repositories' | 'pushed'

/**
 * Packages are kept in `$state/packages`, so that nothing is downloaded while the node is out, and the old version is
 * there to go back to. What lies there is on the disk, and was fetched with what it depends on. What a power cut left half
 * unpacked has its version already, and is configured by nobody: it is installed anew.
 */
export function aptInstall(packageName: string, source: AptSource): string {
  return `
package=${packageName}
export DEBIAN_FRONTEND=noninteractive
apt_get() { (umask 022; apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 -o Dpkg::Options::=--force-confold "$@" >&2); }
package_file() { find "$state/packages" -maxdepth 1 -name "\${package}_$1_*.deb" 2>/dev/null | head -n 1; }
package_at_hand() { [ -n "$(package_file "$1")" ]; }
package_current() { dpkg-query -W -f='\${db:Status-Status} \${Version}' "$package" 2>/dev/null | sed -n 's/^installed //p'; }
${GET[source]}
package_fetch() {
  package_at_hand "$1" && return 0
  part=$state/packages/part deb=
  rm -rf "$part" && mkdir -p "$part" && package_get "$1" && [ -n "$deb" ] || return 1
  if apt_get install --download-only --allow-downgrades --allow-change-held-packages --no-install-recommends "$deb"; then needs=there; else needs=missing; fi
  if [ "$needs" = there ] || [ "$(package_current)" = "$1" ]; then sync && mv -f "$deb" "$state/packages/" || return 1; fi
  rm -rf "$part"
  [ "$needs" = there ] && return 0
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
  rm -rf "$state/packages"/pushed-* "$state/packages/part"
  for deb in "$state/packages"/*_*.deb; do
    version=$(basename "$deb" | cut -d_ -f2)
    case " $* " in *" $version "*) ;; *) rm -f "$deb" ;; esac
  done
}`.trim()
}

/** Defines `package_get VERSION`: brings the package itself, without what it depends on, to `$part`, and sets `$deb`. */
const GET: Readonly<Record<AptSource, string>> = {
  repositories: `package_get() {
  cd "$part" || return 1
  apt_get download "$package=$1" || { apt_get update && apt_get download "$package=$1"; } || { cd "$state"; return 1; }
  for got in *.deb; do
    [ "$(dpkg-deb --field "$got" Version)" = "$1" ] && deb=$part/\${package}_$1_\${got##*_} && { [ "$part/$got" = "$deb" ] || mv -f "$got" "$deb"; }
  done
  cd "$state"
}`,
  pushed: `package_get() {
  pushed=$state/packages/pushed-$1
  [ -e "$pushed" ] || return 1
  is=$(dpkg-deb --show --showformat '\${Package} \${Version} \${Architecture}' "$pushed") || return 1
  case $is in
    "$package $1 $(dpkg --print-architecture)" | "$package $1 all") deb=$part/\${package}_$1_\${is##* }.deb; mv -f "$pushed" "$deb" ;;
    *) echo "the pushed package is $is, not $package $1 for $(dpkg --print-architecture)" >&2; return 1 ;;
  esac
}`,
}
