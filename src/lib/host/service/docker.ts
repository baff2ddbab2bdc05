import {DEAD_MAN_COUNTS} from '../dead-man-time.ts'
import {attended, dockerFunctions, STOP_SECONDS} from '../docker/functions.ts'
import {deadManTimer} from './dead-man-timer.ts'
import type {ServiceControl} from './service-control.ts'

/** A container, on a host with systemd. Replacing it is the install method's work. */
export function docker(container: string, state: string): ServiceControl {
  const timer = deadManTimer({state, order: ['After=docker.service', 'Wants=docker.service']})
  return {
    ...timer,
    functions: [dockerFunctions(container), FUNCTIONS].join('\n'),
    disarmTimer: [
      timer.disarmTimer,
      attended(container),
      'docker_attended || fail "docker does not take the restart policy of the container back"',
    ].join('\n'),
  }
}

/**
 * While the dead man watches a new container nobody else may start it; the one that he puts back is docker's again, and
 * so is one that may migrate, for which he waits.
 * Group 0 is what the image's own user has, whatever user docker was told.
 */
const FUNCTIONS = `
service_stop() { ! is_there "$container" || docker stop -t ${STOP_SECONDS} "$container" >/dev/null; }
service_stay_down() { docker_unattended && service_stop; }
service_patient() { :; }
service_hold() { :; }
service_release() { :; }
service_restart() {
  if ${DEAD_MAN_COUNTS} && [ "$(sed -n 2p "$state/armed")" != "$release" ]; then docker_unattended; else docker_attended; fi || return 1
  docker restart -t ${STOP_SECONDS} "$container" >/dev/null
}
service_group() {
  group=$(shown "$container" '{{.Config.User}}')
  case $group in *:*) group=\${group#*:} ;; *) group=0 ;; esac
  case $group in '' | *[!0-9]*) group=0 ;; esac
  printf %s "$group"
}`.trim()
