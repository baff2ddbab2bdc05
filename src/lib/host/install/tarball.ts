import {quote} from '../../model/script.ts'
import {RELABEL} from '../relabel.ts'

/**
 * Unpacked releases beside the home, and a link that is the home: `/opt/grafana` → `/opt/grafana.releases/12.1.0`.
 * The archive was pushed to `$state/packages/pushed-VERSION`.
 */
export function tarballInstall(home: string): string {
  return `
${RELABEL}
home=${quote(home)}
package_at_hand() { [ -e "$home.releases/$1/.gha-complete" ]; }
package_current() { [ -L "$home" ] && basename "$(readlink "$home")"; }
package_fetch() {
  package_at_hand "$1" && return 0
  archive=$state/packages/pushed-$1
  [ -e "$archive" ] || return 1
  rm -rf "$home.releases/$1.part" && mkdir -p "$home.releases/$1.part" || return 1
  chmod 755 "$home.releases" "$home.releases/$1.part"
  # An archive may name files and not their folders, which Grafana must enter.
  (umask 022; tar -xzf "$archive" -C "$home.releases/$1.part" --strip-components=1 --no-same-owner -p) && sync || return 1
  rm -rf "$home.releases/$1" && touch "$home.releases/$1.part/.gha-complete" && mv "$home.releases/$1.part" "$home.releases/$1" && rm -f "$archive"
  # Unpacked programs carry the label of their folder, which systemd may not run.
  relabel -R "$home.releases/$1"
}
package_install() {
  if [ -e "$home" ] && [ ! -L "$home" ]; then echo "$home is a folder, not a link that gha made" >&2; return 1; fi
  mkdir -p "$(dirname "$home")" && ln -sfn "$home.releases/$1" "$home.gha-new" && mv -T "$home.gha-new" "$home" && relabel "$home"
}
package_keep() { :; }
package_prune() {
  rm -f "$state/packages"/pushed-*
  for unpacked in "$home.releases"/*; do
    version=\${unpacked##*/}
    case " $* $(package_current) " in *" $version "*) ;; *) rm -rf "$unpacked" ;; esac
  done
}`.trim()
}
