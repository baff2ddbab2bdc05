import {known, type Observation, unknown} from '../model/observation.ts'
import {quote} from '../model/script.ts'
import {linesOf, type Records, textOf} from './node-fact.ts'

/** A container as docker tells of it, without its environment. */
export interface Container {
  readonly status: string
  /** `always`, `unless-stopped`, `on-failure`, `no`. */
  readonly restart: string
  readonly networkMode: string
  readonly networks: readonly string[]
  readonly mounts: readonly Mount[]
  /** Who else makes and replaces it, as its labels tell: docker compose, a swarm. */
  readonly owner?: string
  /** `--rm`: it is gone when it stops. */
  readonly removedAtStop: boolean
  readonly linked: boolean
}

export interface Mount {
  readonly type: string
  /** Name of a volume; empty for anything else. */
  readonly name: string
  readonly source: string
  readonly destination: string
}

const LABELS = {
  'com.docker.compose.project': 'docker compose',
  'com.docker.swarm.service.name': 'a docker swarm',
  'io.kubernetes.pod.name': 'Kubernetes',
}

/** Facts about a container, a line each, in the words of a Go template. */
const TEMPLATE = [
  'state {{.State.Status}} {{.State.Pid}} {{.HostConfig.RestartPolicy.Name}}{{println}}',
  'network-mode {{.HostConfig.NetworkMode}}{{println}}',
  'init {{json .HostConfig.Init}}{{println}}',
  'removed-at-stop {{.HostConfig.AutoRemove}}{{println}}',
  'links {{len .HostConfig.Links}}{{println}}',
  '{{range $name, $end := .NetworkSettings.Networks}}network {{$name}}{{println}}{{end}}',
  '{{range .Mounts}}mount {{.Type}}{{"\\t"}}{{.Name}}{{"\\t"}}{{.Source}}{{"\\t"}}{{.Destination}}{{println}}{{end}}',
  ...Object.keys(LABELS).map(label => `{{with index .Config.Labels "${label}"}}label ${label}{{println}}{{end}}`),
].join('')

/** The container's first process may be docker's little init, and Grafana its only child. */
export function askContainer(container: string): string {
  return `
if ! has docker; then record service.docker 'docker is not on the node'
elif shown=$(docker container inspect -f ${quote(TEMPLATE)} ${quote(container)} 2>&1); then
  record service.container "$shown"
  set -- $(printf '%s\\n' "$shown" | sed -n 's/^state //p')
  pid=\${2:-0}
  if [ "$pid" -gt 0 ]; then
    case $shown in *'init true'*) for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do pid=$child; done ;; esac
    process "$pid"
  fi
else
  case $shown in
    *o\\ such\\ container*) record service.container '' ;;
    *) record service.docker "docker does not answer: $(printf '%s\\n' "$shown" | tail -n 1)" ;;
  esac
fi`
}

/** Undefined where docker knows no such container. */
export function readContainer(records: Records): Observation<Container | undefined> {
  const problem = textOf(records, 'service.docker')
  if (problem !== undefined) return unknown(problem)
  const lines = linesOf(records, 'service.container')
  const all = (key: string) => lines.flatMap(line => (line.startsWith(`${key} `) ? [line.slice(key.length + 1)] : []))
  const [status = '', , restart = ''] = all('state')[0]?.split(' ') ?? []
  if (status === '') return known(undefined)
  const owner = all('label').map(label => LABELS[label as keyof typeof LABELS])[0]
  return known({
    status,
    restart,
    networkMode: all('network-mode')[0] ?? '',
    networks: all('network'),
    mounts: all('mount').map(readMount),
    ...(owner ? {owner} : {}),
    removedAtStop: all('removed-at-stop')[0] === 'true',
    linked: Number(all('links')[0] ?? 0) > 0,
  })
}

function readMount(line: string): Mount {
  const [type = '', name = '', source = '', destination = ''] = line.split('\t')
  return {type, name, source, destination}
}
