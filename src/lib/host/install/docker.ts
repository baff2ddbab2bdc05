import type {Paths} from '../../model/node.ts'
import {quote} from '../../model/script.ts'
import {formatVersion, type Version} from '../../model/version.ts'
import {dockerFunctions} from '../docker/functions.ts'
import {makeContainer} from '../docker/make-container.ts'

export interface DockerInstall {
  /** Without a tag. */
  readonly image: string
  readonly container: string
  readonly paths: Paths
}

/**
 * A container cannot change its image: the new one is made beside the old one before anything is drained, and takes its
 * name in the swap. The old one stays, stopped, under another name: to go back is to give it its name again.
 */
export function dockerInstall({image, container, paths}: DockerInstall): string {
  return [dockerFunctions(container), `image=${quote(image)}`, makeContainer(paths), PACKAGE].join('\n')
}

/** A tag holds no plus. */
export function imageTag(version: Version): string {
  return formatVersion(version).replace('+security-', '-security-')
}

const PACKAGE = `
version_of() {
  made_of=$(shown "$1" '{{.Config.Image}}')
  made_of=\${made_of%%@*}
  printf %s "\${made_of#"$image":}"
}
package_current() {
  waited=0
  until docker version >/dev/null 2>&1 || [ "$waited" -ge 20 ]; do sleep 1; waited=$((waited + 1)); done
  version_of "$container"
}
package_at_hand() {
  [ "$(version_of "$container")" = "$1" ] || [ "$(version_of "$prev")" = "$1" ] || docker image inspect "$image:$1" >/dev/null 2>&1
}
package_fetch() {
  if [ "$1" != "$wished_version" ]; then package_at_hand "$1" || pull "$1"; return; fi
  [ "$(version_of "$container")" != "$1" ] || return 0
  docker image inspect "$image:$1" >/dev/null 2>&1 || pull "$1" || return 1
  complaint=$(make_container "$1" 2>&1 >/dev/null) && return 0
  package_problem="docker makes no container of $image:$1: $complaint"
  return 1
}
pull() {
  complaint=$(docker pull -q "$image:$1" 2>&1 >/dev/null) || { package_problem="docker pull $image:$1: $(printf %s "$complaint" | tail -n 1)"; return 1; }
  mkdir -p "$state/packages" && printf '%s\\n' "$1" >>"$state/packages/pulled"
}
package_install() {
  if [ "$(version_of "$next")" = "$1" ]; then take_the_name
  elif [ "$(version_of "$prev")" = "$1" ]; then give_the_name_back
  else make_container "$1" && take_the_name; fi
}
take_the_name() {
  if is_there "$container"; then
    docker_unattended || return 1
    ! is_there "$prev" || docker rm "$prev" >/dev/null || return 1
    docker rename "$container" "$prev" || return 1
  fi
  docker rename "$next" "$container"
}
give_the_name_back() {
  if is_there "$container"; then
    docker_unattended || return 1
    ! is_there "$failed" || docker rm "$failed" >/dev/null || return 1
    docker rename "$container" "$failed" || return 1
  fi
  docker rename "$prev" "$container" || return 1
  ! is_there "$failed" || docker rename "$failed" "$prev"
}
package_keep() { :; }
package_prune() {
  docker rm "$next" "$failed" >/dev/null 2>&1
  [ -e "$state/packages/pulled" ] || return 0
  kept=" $* $(version_of "$container") $(version_of "$prev") "
  sort -u "$state/packages/pulled" | while read -r version; do
    case $kept in *" $version "*) ;; *) docker image rm "$image:$version" >/dev/null 2>&1 ;; esac
    if docker image inspect "$image:$version" >/dev/null 2>&1; then printf '%s\\n' "$version"; fi
  done >"$state/packages/pulled.new" && mv -f "$state/packages/pulled.new" "$state/packages/pulled"
}`.trim()
