import path from 'node:path'
import {defaultPaths} from '../../grafana/paths.ts'
import type {Paths} from '../../model/node.ts'
import {quote} from '../../model/script.ts'

/**
 * Shell text that defines `make_container VERSION`: makes `$next` of `$image:VERSION` with the options of the container
 * that is there, or was last; where there never was one, with gha's own. It is not started, and has no restart policy.
 *
 * What is made goes to docker as it told it, through its own API: nothing is translated into flags, and no variable of
 * the environment, which may be a secret, stands in an argv or a file.
 */
export function makeContainer(paths: Paths): string {
  return [DIAL, SAME_OPTIONS, firstOptions(paths), MAKE].join('\n')
}

/** Keys of a container that are its image's where nobody said otherwise: the new image's then. */
const FROM_IMAGE = ['User', 'WorkingDir', 'Entrypoint', 'Cmd', 'Healthcheck', 'StopSignal', 'ExposedPorts', 'Volumes']
const ITS_OWN = ['Domainname', 'Tty', 'OpenStdin', 'StdinOnce', 'StopTimeout']

const line = (key: string) => `${key} {{json .Config.${key}}}{{println}}`
const LISTED = `{{range .Config.Env}}Env {{json .}}{{println}}{{end}}{{range $key, $value := .Config.Labels}}Labels {{json $key}}:{{json $value}}{{println}}{{end}}`
const IMAGE_SAYS = `${FROM_IMAGE.map(line).join('')}${LISTED}`
const NETWORK = `{{$short := printf "%.12s" .ID}}{{range $name, $end := .NetworkSettings.Networks}}{{json $name}}:{"IPAMConfig":{{json $end.IPAMConfig}},"DriverOpts":{{json $end.DriverOpts}},"Aliases":[{{range $end.Aliases}}{{if ne . $short}}{{json .}},{{end}}{{end}}""]}{{end}}`

/** Lines of keys and values → members of a JSON object; what repeats is gathered. */
const MEMBERS = `
function gather(list, value) { return list == "" ? value : list "," value }
{ key = $1; value = substr($0, length(key) + 2) }
key == "Env" { env = gather(env, value); next }
key == "Labels" { labels = gather(labels, value); next }
{ print ",\\"" key "\\":" value }
END { print ",\\"Env\\":[" env "],\\"Labels\\":{" labels "}" }`.trim()

const SAME_OPTIONS = `
said_by() { "$@" | sed -e '/^$/d' -e 's/ \\[\\]$/ null/' -e 's/ {}$/ null/' -e 's/ ""$/ null/'; }
same_options() {
  made_of=$(shown "$1" '{{.Image}}')
  said_by docker image inspect -f ${quote(IMAGE_SAYS)} "$made_of" >"$answers/image" 2>/dev/null
  [ -s "$answers/image" ] || { echo "the image that container $1 was made of is not on the node any more" >&2; return 1; }
  hostname=$(shown "$1" '{{if ne .Config.Hostname (printf "%.12s" .ID)}}{{.Config.Hostname}}{{end}}')
  [ "$hostname" != "$(cat /proc/sys/kernel/hostname)" ] || hostname=
  case $(shown "$1" '{{.HostConfig.NetworkMode}}') in
    host | none | bridge | default) network= ;;
    *) network=$(shown "$1" ${quote(NETWORK)} | sed -e 's/,""\\]/]/' -e 's/\\[""\\]/[]/') ;;
  esac
  printf '{"Image":"%s","Hostname":"%s"' "$2" "$hostname"
  said_by shown "$1" ${quote(`${IMAGE_SAYS}${ITS_OWN.map(line).join('')}`)} | grep -vxFf "$answers/image" | awk ${quote(MEMBERS)}
  printf ',"HostConfig":%s' "$(shown "$1" '{{json .HostConfig}}' | sed 's/"RestartPolicy":{[^}]*}/"RestartPolicy":{"Name":"no"}/')"
  printf ',"NetworkingConfig":{"EndpointsConfig":{%s}}}' "$network"
}`.trim()

/** Docker's own client passes bytes on; it ends with the daemon's answer, for which the way in must stay open. */
const DIAL = `
dial_create() {
  mkfifo "$answers/in" || return 1
  timeout 120 docker system dial-stdio <"$answers/in" >"$answers/out" 2>"$answers/err" &
  dialled=$!
  exec 8>"$answers/in"
  (trap '' PIPE; printf 'POST /containers/create?name=%s HTTP/1.1\\r\\nHost: docker\\r\\nContent-Type: application/json\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s' "$1" "$(printf %s "$2" | wc -c)" "$2" >&8) 2>/dev/null
  wait "$dialled"
  exec 8>&-
  head -n 1 "$answers/out" | grep -q ' 201 ' && return 0
  { sed -n 's/.*"message":"\\(.*\\)"}.*/\\1/p' "$answers/out"; head -n 1 "$answers/err"; } | head -n 1 >&2
  return 1
}`.trim()

const MAKE = `
make_container() {
  answers=$(mktemp -d /run/gha.XXXXXX 2>/dev/null || mktemp -d) || return 1
  docker rm "$next" >/dev/null 2>&1
  if is_there "$container"; then body=$(same_options "$container" "$image:$1")
  elif is_there "$prev"; then body=$(same_options "$prev" "$image:$1")
  else body=$(first_options "$image:$1"); fi && dial_create "$next" "$body"
  made=$?
  rm -rf "$answers"
  return "$made"
}`.trim()

/** The image's own user and group; it has no other by name. */
const USER = 472

/**
 * Everything is found at the same path inside and outside, so that one gha.yaml names both. Where a path is not the
 * image's own, the image learns it from its environment.
 */
function firstOptions(paths: Paths): string {
  const configFolder = path.posix.dirname(paths.config)
  const written = [paths.data, paths.logs, paths.plugins].filter(
    (folder, place, all) => !all.some((other, at) => at < place && isBelow(folder, other)),
  )
  const read = [configFolder, ...(isBelow(paths.provisioning, configFolder) ? [] : [paths.provisioning])]
  const options = {
    Env: environment(paths),
    HostConfig: {
      NetworkMode: 'host',
      RestartPolicy: {Name: 'no'},
      Binds: [...read.map(folder => `${folder}:${folder}:ro`), ...written.map(folder => `${folder}:${folder}`)],
    },
  }
  const sample = ['dashboards', 'datasources', 'plugins', 'alerting'].map(kind => `${paths.provisioning}/${kind}`)
  return `
first_options() {
  (umask 022; mkdir -p ${[...read, ...sample].map(quote).join(' ')}) || return 1
  for folder in ${written.map(quote).join(' ')}; do
    [ -d "$folder" ] || { (umask 027; mkdir -p "$folder") && chown ${USER}:0 "$folder"; } || return 1
  done
  printf %s unless-stopped >"$state/restart-policy"
  printf '{"Image":"%s",%s' "$1" ${quote(JSON.stringify(options).slice(1))}
}`.trim()
}

function isBelow(folder: string, other: string): boolean {
  return folder === other || folder.startsWith(`${other}/`)
}

function environment(paths: Paths): readonly string[] {
  const image = defaultPaths('docker')
  return (['config', 'data', 'logs', 'plugins', 'provisioning'] as const).flatMap(key =>
    paths[key] === image[key] ? [] : [`GF_PATHS_${key.toUpperCase()}=${paths[key]}`],
  )
}
