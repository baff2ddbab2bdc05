import {quote} from '../../model/script.ts'

/** Grafana itself gives its requests half a minute to end; docker's own ten seconds would cut them off. */
export const STOP_SECONDS = 60

/** The container that was replaced last: stopped, and the way back. */
export const previousContainer = (container: string) => `${container}-gha-prev`
/** Made beside the one that runs, and never started under this name. */
export const nextContainer = (container: string) => `${container}-gha-next`
/** For the moment in which two containers change their names. */
const failedContainer = (container: string) => `${container}-gha-failed`

const POLICY = '{{.HostConfig.RestartPolicy.Name}}{{with .HostConfig.RestartPolicy.MaximumRetryCount}}:{{.}}{{end}}'

/**
 * What service and install method both need. A container that was not confirmed yet has no restart policy, so that
 * docker does not start it at boot before the dead man has looked; what its policy is meanwhile stands in a file.
 */
export function dockerFunctions(container: string): string {
  return `
container=${quote(container)} next=${quote(nextContainer(container))} prev=${quote(previousContainer(container))} failed=${quote(failedContainer(container))}
is_there() { docker container inspect "$1" >/dev/null 2>&1; }
shown() { docker container inspect -f "$2" "$1" 2>/dev/null; }
docker_unattended() {
  is_there "$container" || return 0
  policy=$(shown "$container" '${POLICY}')
  if [ "\${policy:-no}" != no ] || [ ! -e "$state/restart-policy" ]; then
    printf %s "\${policy:-no}" >"$state/restart-policy.new" && mv -f "$state/restart-policy.new" "$state/restart-policy" || return 1
  fi
  docker update --restart no "$container" >/dev/null
}
${attended(container)}`.trim()
}

/** Shell text that defines `docker_attended`: the container is docker's again, and starts at boot as it did before. */
export function attended(container: string): string {
  const name = quote(container)
  return `
docker_attended() {
  [ -e "$state/restart-policy" ] && docker container inspect ${name} >/dev/null 2>&1 || return 0
  docker update --restart "$(cat "$state/restart-policy")" ${name} >/dev/null && rm -f "$state/restart-policy"
}`.trim()
}
