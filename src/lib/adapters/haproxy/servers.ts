import {formatEndpoint} from '../../model/backing.ts'
import type {BalancerView, ServerState} from '../../ports/balancer.ts'

/** One server line of one backend, as HAProxy's runtime socket tells it. */
export interface HaproxyServer {
  readonly backend: string
  readonly name: string
  /** `address:port`; undefined while HAProxy has not resolved it. */
  readonly address: string | undefined
  readonly admin: 'ready' | 'drain' | 'maint'
  /** HAProxy's own word for health and state: `UP`, `DOWN 1/2`, `MAINT (via a/b)`. */
  readonly status: string
  readonly sessions: number
}

/** Reads `show servers state` and `show stat` together. */
export function readServers(state: string, stat: string): readonly HaproxyServer[] {
  const statistics = new Map(readStatistics(stat).map(row => [`${row.backend}/${row.name}`, row]))
  return rowsOfState(state).map(row => {
    const statistic = statistics.get(`${row.backend}/${row.name}`)
    return {...row, status: statistic?.status ?? 'unknown', sessions: statistic?.sessions ?? 0}
  })
}

/** Every server line that leads to the same Grafana: drained in one backend only, it would go on being fed. */
export function carriers(servers: readonly HaproxyServer[], server: HaproxyServer): readonly HaproxyServer[] {
  return servers.filter(other => other === server || (server.address !== undefined && other.address === server.address))
}

/** Backends of gha's own file that go on feeding a drained node until it is taken out. */
export function feedsDrained(server: HaproxyServer, backend: string): boolean {
  return server.backend === `${backend}_assets` || server.backend === `${backend}_any`
}

/** What one balancer host says about the servers of a backend, all that lead to the same place taken together. */
export function viewsOf(
  servers: readonly HaproxyServer[],
  {balancer, backend}: {readonly balancer: string; readonly backend: string},
): readonly BalancerView[] {
  return servers
    .filter(server => server.backend === backend)
    .map(server => {
      const all = carriers(servers, server)
      const late = server.admin === 'drain' ? all.filter(other => feedsDrained(other, backend)) : []
      const counted = all.filter(other => !late.includes(other))
      const deviating = counted.filter(other => other.admin !== server.admin)
      return {
        balancer,
        server: server.name,
        state: stateOf(server, deviating),
        current: counted.reduce((sum, {sessions}) => sum + sessions, 0),
        ...(server.address === undefined ? {} : {address: server.address}),
        words: [server.status, ...deviating.map(other => `${other.backend}: ${other.status}`)].join(', '),
      }
    })
}

/** A server that another backend still feeds is not out, whatever its own backend says. */
function stateOf(server: HaproxyServer, deviating: readonly HaproxyServer[]): ServerState {
  if (server.admin === 'ready') return serves(server) ? 'in' : 'down'
  if (deviating.some(other => other.admin === 'ready')) return 'in'
  return server.admin === 'drain' || deviating.length > 0 ? 'drain' : 'out'
}

/** `UP 1/3` is a server on trial: HAProxy sends to it. */
function serves({status}: HaproxyServer): boolean {
  return /^(UP|no check)\b/.test(status)
}

interface StateRow {
  readonly backend: string
  readonly name: string
  readonly address: string | undefined
  readonly admin: HaproxyServer['admin']
}

const MAINTENANCE_FLAGS = 0x01 | 0x02 | 0x04 | 0x20 | 0x40
const DRAIN_FLAGS = 0x08 | 0x10

function rowsOfState(text: string): readonly StateRow[] {
  const lines = text.split('\n')
  const header =
    lines
      .find(line => line.startsWith('# '))
      ?.slice(2)
      .split(' ') ?? []
  const place = (name: string) => header.indexOf(name)
  return lines.flatMap(line => {
    const fields = line.split(' ')
    const at = (name: string) => fields[place(name)] ?? ''
    if (line.startsWith('#') || fields.length < header.length || header.length === 0) return []
    return [{backend: at('be_name'), name: at('srv_name'), address: addressIn(at), admin: adminState(at)}]
  })
}

function addressIn(at: (name: string) => string): string | undefined {
  const host = at('srv_addr')
  return host === '-' || host === '' ? undefined : formatEndpoint({host, port: Number(at('srv_port'))})
}

function adminState(at: (name: string) => string): HaproxyServer['admin'] {
  const flags = Number(at('srv_admin_state'))
  if (flags & MAINTENANCE_FLAGS) return 'maint'
  return flags & DRAIN_FLAGS || at('srv_uweight') === '0' ? 'drain' : 'ready'
}

function readStatistics(csv: string) {
  const [header = '', ...lines] = csv.split('\n')
  const names = header.replace(/^# /, '').split(',')
  return lines.map(line => {
    const fields = line.split(',')
    const at = (name: string) => fields[names.indexOf(name)] ?? ''
    return {backend: at('pxname'), name: at('svname'), status: at('status'), sessions: Number(at('scur'))}
  })
}
