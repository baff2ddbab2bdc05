/**
 * apt with the node's own repositories. Packages are kept in `$state/packages`, so that nothing is downloaded while the
 * node is out, and the old version is there to go back to.
 */
export function aptInstall(packageName: string): string {
  return `
package=${packageName}
export DEBIAN_FRONTEND=noninteractive
apt_get() { apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 -o Dpkg::Options::=--force-confold "$@" >&2; }
package_file() { find "$state/packages" -maxdepth 1 -name "\${package}_$1_*.deb" 2>/dev/null | head -n 1; }
package_at_hand() { [ -n "$(package_file "$1")" ]; }
package_current() { dpkg-query -W -f='\${db:Status-Status} \${Version}' "$package" 2>/dev/null | sed -n 's/^installed //p'; }
package_fetch() {
  package_at_hand "$1" && return 0
  mkdir -p "$state/packages/part" && cd "$state/packages/part" || return 1
  apt_get download "$package=$1" || { apt_get update && apt_get download "$package=$1"; } || return 1
  for deb in *.deb; do
    [ "$(dpkg-deb --field "$deb" Version)" = "$1" ] && mv -f "$deb" "$state/packages/\${package}_$1_\${deb##*_}"
  done
  cd "$state" && package_at_hand "$1" && apt_get install --download-only --allow-downgrades --allow-change-held-packages --no-install-recommends "$(package_file "$1")"
}
package_install() {
  dpkg --configure -a >&2
  apt_get install --allow-downgrades --allow-change-held-packages --no-install-recommends "$(package_file "$1")"
}
package_keep() {
  [ "$(dpkg-query -W -f='\${db:Status-Want}' "$package")" = hold ] || apt-mark hold "$package" >/dev/null
}
package_prune() {
  for deb in "$state/packages"/*_*.deb; do
    version=$(basename "$deb" | cut -d_ -f2)
    case " $* " in *" $version "*) ;; *) rm -f "$deb" ;; esac
  done
}`.trim()
}
