import {GhaError} from '../errors/gha-error.ts'
import {messageOf} from '../errors/message-of.ts'
import {readHealth} from '../facts/health.ts'
import {unbracketed} from '../model/address.ts'
import {type Endpoint, formatEndpoint} from '../model/backing.ts'
import type {Cluster, ProbePolicy} from '../model/cluster.ts'
import {balancerHosts} from '../model/load-balancer.ts'
import type {SshTarget} from '../model/node.ts'
import {DialError, type DialFailure, type Dialler} from '../ports/host.ts'
import type {Http, HttpOrigin} from '../ports/http.ts'
import type {Ports} from '../ports/ports.ts'
import {PATIENCE_SECONDS} from './judge-answer.ts'
import type {Vantage} from './vantage.ts'

export type Found =
  | {readonly vantage: Vantage; readonly reasons?: never}
  | {readonly vantage?: never; readonly reasons: readonly string[]}

type VantagePorts = Pick<Ports, 'here' | 'hosts' | 'http' | 'files'>

/**
 * The place nearest to users that reaches Grafana through the balancer: this machine by the public URL, this machine
 * by the balancer's own address, the balancer's host, a node.
 */
export async function findVantage(cluster: Cluster, probe: ProbePolicy, ports: VantagePorts): Promise<Found> {
  const address = await addressOf(probe, ports)
  const reasons: string[] = []
  for (const places of placesOf(cluster, address)) {
    const tried = await Promise.all(places.map(place => tryPlace(place, address, ports)))
    const found = tried.find(({vantage}) => vantage !== undefined)
    if (found?.vantage) return {vantage: found.vantage}
    reasons.push(...tried.flatMap(({reason}) => reason ?? []))
  }
  return {reasons}
}

/** The public URL, taken apart. */
interface Address {
  readonly url: string
  readonly prefix: string
  readonly hostHeader: string
  readonly endpoint: Endpoint
  readonly tls?: NonNullable<HttpOrigin['tls']>
}

interface Place {
  readonly name: string
  /** Undefined for this machine. */
  readonly target?: SshTarget
  readonly at: Endpoint
  /** Where the balancer itself speaks plain HTTP, and something before it ends TLS. */
  readonly plain?: true
}

async function addressOf({url, ca}: ProbePolicy, {files}: VantagePorts): Promise<Address> {
  const {protocol, host, hostname, port, pathname} = new URL(url)
  const name = unbracketed(hostname)
  const secure = protocol === 'https:'
  const pem = ca === undefined ? undefined : await files.read(ca)
  return {
    url,
    prefix: pathname.replace(/\/+$/, ''),
    hostHeader: host,
    endpoint: {host: name, port: Number(port || (secure ? 443 : 80))},
    ...(secure ? {tls: {serverName: name, ...(pem ? {ca: new TextDecoder().decode(pem)} : {})}} : {}),
  }
}

/** In the order of choice; those of one group are tried together. A password never leaves this machine in clear text for an https URL. */
function placesOf({loadBalancer, nodes}: Cluster, {endpoint}: Address): readonly (readonly Place[])[] {
  const balancers = balancerHosts(loadBalancer)
  const own = 'file' in loadBalancer && loadBalancer.file ? [listenerOf(loadBalancer.file.bind)] : []
  return [
    [{name: 'this machine', at: endpoint}],
    balancers.map(({ssh}) => ({name: 'this machine', at: {host: ssh.host, port: endpoint.port}})),
    balancers.flatMap(({name, ssh}) => [
      ...own.map(at => ({name, target: ssh, at, plain: true}) as const),
      {name, target: ssh, at: {host: '127.0.0.1', port: endpoint.port}},
    ]),
    nodes.slice(0, 1).map(({name, ssh}) => ({name, target: ssh, at: endpoint})),
  ]
}

/** `*:80`, `80`, `[::]:8080`: where the balancer's own host finds it. */
function listenerOf(bind: string): Endpoint {
  const [, host = '', port = '80'] = /^(?:(.*):)?(\d+)$/.exec(bind) ?? []
  const address = unbracketed(host)
  if (address === '::') return {host: '::1', port: Number(port)}
  return {host: ['', '*', '0.0.0.0'].includes(address) ? '127.0.0.1' : address, port: Number(port)}
}

/** Only what answers as Grafana does is worth watching. */
async function tryPlace(
  place: Place,
  address: Address,
  ports: VantagePorts,
): Promise<{readonly vantage?: Vantage; readonly reason?: string}> {
  const words = wordsFor(place, address)
  try {
    const from = place.target ? await ports.hosts.connect(place.name, place.target) : ports.here
    const vantage = vantageAt(place, {address, from, http: ports.http})
    const health = readHealth(await vantage.ask({path: '/api/health'}))
    return health.known ? {vantage} : {reason: `${words}: ${health.reason}`}
  } catch (error) {
    return {reason: `${words}: ${messageOf(error)}`}
  }
}

interface Line {
  readonly address: Address
  readonly from: Dialler
  readonly http: Http
}

/** A relayed stream takes one of the few sessions that sshd grants; a failure without a name is one of the way there. */
const OVER_SSH = {atOnce: 4, blindBy: new Set<DialFailure>(['unresolved', 'forbidden', 'failed'])}
const FROM_HERE = {atOnce: 16, blindBy: new Set<DialFailure>(['unresolved', 'forbidden'])}

function vantageAt(place: Place, {address, from, http}: Line): Vantage {
  const {prefix, hostHeader, tls} = address
  const origin: HttpOrigin = {destination: place.at, hostHeader, ...(tls && !place.plain ? {tls} : {})}
  const {atOnce, blindBy} = place.target ? OVER_SSH : FROM_HERE
  return {
    words: wordsFor(place, address),
    atOnce,
    isBlind: error => error instanceof GhaError || (error instanceof DialError && blindBy.has(error.failure)),
    ask: request =>
      http.request(from, origin, {deadlineSeconds: PATIENCE_SECONDS, ...request, path: prefix + request.path}),
  }
}

function wordsFor({name, at}: Place, {url, endpoint}: Address): string {
  const direct = at.host === endpoint.host && at.port === endpoint.port
  return `${url}${direct ? '' : ` at ${formatEndpoint(at)},`} from ${name}`
}
