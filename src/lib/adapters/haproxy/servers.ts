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

/** A node in HAProxy: the server of its name in the main backend, and what else leads to it. */
export interface NodeServers {
  readonly main: HaproxyServer
  /** Drained in one backend only, it would go on being fed: so all of them, the main one first. */
  readonly all: readonly HaproxyServer[]
  /** Backends of gha.yaml in which nothing leads to it. */
  readonly missing: readonly string[]
}

/** Undefined where the main backend has no server of that name. */
export function serversOf(
  name: string,
  servers: readonly HaproxyServer[],
  [main, ...others]: readonly [string, ...string[]],
): NodeServers | undefined {
  const own = servers.find(server => server.backend === main && server.name === name)
  if (!own) return undefined
  const named = servers.filter(server => server.name === name && others.includes(server.backend))
  const addresses = [own, ...named].flatMap(({address}) => address ?? [])
  const leads = (server: HaproxyServer) => server.address !== undefined && addresses.includes(server.address)
  const rest = servers.filter(server => server !== own && (named.includes(server) || leads(server)))
  const all = [own, ...rest]
  return {main: own, all, missing: others.filter(backend => !all.some(server => server.backend === backend))}
}

/** Backends of gha's own file that go on feeding a drained node until it is taken out. */
export function feedsDrained(server: HaproxyServer, backend: string): boolean {
  return server.backend === `${backend}_assets` || server.backend === `${backend}_any`
}

/** What one balancer host says about the servers of the main backend, each with all that leads to the same place. */
export function viewsOf(
  servers: readonly HaproxyServer[],
  {balancer, backends}: {readonly balancer: string; readonly backends: readonly [string, ...string[]]},
): readonly BalancerView[] {
  const inMain = servers.filter(server => server.backend === backends[0])
  return inMain.flatMap(({name}) => {
    const found = serversOf(name, servers, backends)
    return found ? [{balancer, ...viewOf(found, backends)}] : []
  })
}

function viewOf(
  {main, all, missing}: NodeServers,
  backends: readonly [string, ...string[]],
): Omit<BalancerView, 'balancer'> {
  const late = main.admin === 'drain' ? all.filter(server => feedsDrained(server, backends[0])) : []
  const counted = all.filter(server => !late.includes(server))
  const deviating = counted.filter(server => server.admin !== main.admin || failsInOurs(server, main, backends))
  return {
    server: main.name,
    state: missing.length > 0 && main.admin === 'ready' ? 'down' : stateOf(main, deviating, backends),
    current: counted.reduce((sum, {sessions}) => sum + sessions, 0),
    ...(main.address === undefined ? {} : {address: main.address}),
    ...(all.some(server => isOnCredit(server, backends)) ? {onCredit: true} : {}),
    words: [
      main.status,
      ...deviating.map(server => `${server.backend}: ${server.status}`),
      ...missing.map(backend => `not in ${backend}`),
    ].join(', '),
  }
}

/** Another backend of gha.yaml that thinks it down; what else leads to it is not asked for its health. */
function failsInOurs(server: HaproxyServer, main: HaproxyServer, backends: readonly string[]): boolean {
  return server !== main && server.admin === 'ready' && backends.includes(server.backend) && !serves(server)
}

/**
 * A server that another backend still feeds is not out, whatever its own backend says; one that another backend of
 * gha.yaml does not feed is not in.
 */
function stateOf(main: HaproxyServer, deviating: readonly HaproxyServer[], backends: readonly string[]): ServerState {
  if (main.admin !== 'ready') {
    if (deviating.some(({admin}) => admin === 'ready')) return 'in'
    return main.admin === 'drain' || deviating.length > 0 ? 'drain' : 'out'
  }
  if (!serves(main)) return 'down'
  const ours = deviating.filter(({backend}) => backends.includes(backend))
  if (ours.some(({admin}) => admin !== 'ready')) return 'drain'
  return ours.length > 0 ? 'down' : 'in'
}

/** `UP 1/3`: HAProxy sends to it at once when it is made ready, before it has checked it, and one bad answer makes it `DOWN`. */
function isOnCredit({backend, status}: HaproxyServer, backends: readonly string[]): boolean {
  return backends.includes(backend) && /^UP \d/.test(status)
}

function serves({status}: HaproxyServer): boolean {
  return /^(UP|no check)\b/.test(status)
}

interface StateRow {
  readonly backend: string
  readonly name: string
  readonly address: string | undefined
  readonly admin: HaproxyServer['admin']
}

/** Not 0x04: the word `disabled` of its configuration, which stays set once the server was made ready. */
const MAINTENANCE_FLAGS = 0x01 | 0x02 | 0x20 | 0x40
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
