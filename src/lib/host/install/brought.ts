import {quote} from '../../model/script.ts'

/**
 * Somebody else brings Grafana. What lies in its home is what a restart starts, so only that version is at hand: there is
 * no way back to another. Where the home tells none, as on the host of a container, nothing is known and gha goes on.
 */
export function broughtByOthers(home: string): string {
  return `
home=${quote(home)}
version_there() { version_there=; [ -r "$home/VERSION" ] && read -r version_there _ <"$home/VERSION"; [ -n "$version_there" ]; }
package_current() { if version_there; then printf %s "$version_there"; else printf %s "$wished_version"; fi; }
package_at_hand() { ! version_there || [ "$version_there" = "$1" ]; }
package_fetch() { package_at_hand "$1" || { package_problem="Grafana $version_there lies in $home, and nobody has brought $1"; return 1; }; }
package_install() { echo "Grafana $1 is not in $home, and gha does not install it here" >&2; return 1; }
package_keep() { :; }
package_prune() { :; }`.trim()
}
