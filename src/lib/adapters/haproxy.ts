import {didYouMean} from '../config/nearest.ts'
import {GhaError} from '../errors/gha-error.ts'
import type {BalancerHost, LoadBalancer} from '../model/load-balancer.ts'
import type {Node} from '../model/node.ts'
import type {Balancer, BalancerView} from '../ports/balancer.ts'
import type {Hosts} from '../ports/host.ts'
import {serverStateFile} from '../render/render-balancer.ts'
import {type RuntimeAnswer, runtimeScript} from './haproxy/runtime-script.ts'
import {carriers, feedsDrained, type HaproxyServer, readServers, viewsOf} from './haproxy/servers.ts'

type Haproxy = LoadBalancer & {readonly type: 'haproxy'}
type Wish = HaproxyServer['admin']

/** HAProxy through its runtime socket on each of its hosts: no reload, nothing written but what it must remember. */
export class HaproxyBalancer implements Balancer {
  readonly #hosts: Hosts
  readonly #haproxy: Haproxy

  constructor(hosts: Hosts, haproxy: Haproxy) {
    this.#hosts = hosts
    this.#haproxy = haproxy
  }

  async status(): Promise<readonly BalancerView[]> {
    const views = this.#haproxy.hosts.map(async host =>
      viewsOf(await this.#read(host), {balancer: host.name, backend: this.#haproxy.backend}),
    )
    return (await Promise.all(views)).flat()
  }

  drain(node: Node): Promise<void> {
    return this.#set(node, 'drain')
  }

  takeOut(node: Node): Promise<void> {
    return this.#set(node, 'maint')
  }

  undrain(node: Node): Promise<void> {
    return this.#set(node, 'ready')
  }

  /** Every host is asked before the first is told: a host that cannot be told leaves all as they were. */
  async #set(node: Node, wish: Wish): Promise<void> {
    const seen = await Promise.all(
      this.#haproxy.hosts.map(async host => ({
        host,
        targets: this.#targets(host, node, await this.#read(host)).filter(target => this.#minds(target, wish)),
      })),
    )
    await Promise.all(seen.map(({host, targets}) => this.#tell({host, node, targets}, wish)))
  }

  async #tell({host, node, targets}: Telling, wish: Wish): Promise<void> {
    const commands = targets
      .filter(({admin}) => admin !== wish && !(wish === 'drain' && admin === 'maint'))
      .map(({backend, name}) => `set server ${backend}/${name} state ${wish}`)
    if (commands.length === 0) return
    const {complaints, servers} = await this.#ask(host, commands)
    const deaf = this.#targets(host, node, servers).filter(
      target => this.#minds(target, wish) && !obeys(target.admin, wish),
    )
    if (complaints.length === 0 && deaf.length === 0) return
    const reason = complaints[0] ?? deaf.map(({backend, status}) => `${backend} says ${status}`).join(', ')
    throw new GhaError(`HAProxy did not ${VERBS[wish]}: ${reason}`, {
      code: /permission/i.test(reason) ? 'BALANCER_SOCKET_LEVEL' : 'BALANCER_NOT_OBEYED',
      exit: 'partial',
      node: host.name,
      step: `${wish} ${node.balancerName}`,
      hint: /permission/i.test(reason)
        ? `Give the socket ${this.#haproxy.socket} \`level admin\` in HAProxy's configuration, then run the command again.`
        : 'Look at `gha status`, then run the command again.',
    })
  }

  #minds(target: HaproxyServer, wish: Wish): boolean {
    return wish !== 'drain' || !feedsDrained(target, this.#haproxy.backend)
  }

  #targets(host: BalancerHost, node: Node, servers: readonly HaproxyServer[]): readonly HaproxyServer[] {
    const {backend} = this.#haproxy
    const ours = servers.filter(server => server.backend === backend)
    if (ours.length === 0) throw noSuch('backend', backend, {host, names: servers.map(server => server.backend)})
    const server = ours.find(({name}) => name === node.balancerName)
    if (!server) throw noSuch('server', node.balancerName, {host, names: ours.map(({name}) => name)})
    return carriers(servers, server)
  }

  async #read(host: BalancerHost): Promise<readonly HaproxyServer[]> {
    const {servers} = await this.#ask(host, [])
    const {backend} = this.#haproxy
    if (servers.some(server => server.backend === backend)) return servers
    throw noSuch('backend', backend, {host, names: servers.map(server => server.backend)})
  }

  async #ask({name, ssh}: BalancerHost, commands: readonly string[]) {
    const {socket, file} = this.#haproxy
    const host = await this.#hosts.connect(name, ssh)
    const script = runtimeScript({socket, commands, ...(file ? {stateFile: serverStateFile(file)} : {})})
    const answer = await host.run(script)
    if (answer.type !== 'answered') throw unanswered(answer, name, socket)
    return {complaints: answer.complaints, servers: readServers(answer.state, answer.stat)}
  }
}

interface Telling {
  readonly host: BalancerHost
  readonly node: Node
  readonly targets: readonly HaproxyServer[]
}

const VERBS: Readonly<Record<Wish, string>> = {drain: 'drain', maint: 'take out', ready: 'take back'}

/** A server that is out needs no drain, and gets none: it would be fed again. */
function obeys(admin: Wish, wish: Wish): boolean {
  return admin === wish || (wish === 'drain' && admin === 'maint')
}

function noSuch(
  kind: 'backend' | 'server',
  name: string,
  {host, names}: {readonly host: BalancerHost; readonly names: readonly string[]},
): GhaError {
  const where = kind === 'backend' ? '`loadBalancer.backend`' : "the node's `balancerName`"
  return new GhaError(`HAProxy has no ${kind} named ${name}${didYouMean(name, new Set(names))}`, {
    code: kind === 'backend' ? 'BALANCER_NO_BACKEND' : 'BALANCER_NO_SERVER',
    exit: 'preflight',
    node: host.name,
    hint: `Correct ${where} in gha.yaml, or HAProxy's configuration.`,
  })
}

const HINTS: Readonly<Record<Exclude<RuntimeAnswer['type'], 'answered'>, string>> = {
  missing:
    "Correct `loadBalancer.socket` in gha.yaml, or add `stats socket PATH level admin` to HAProxy's configuration.",
  denied: 'Let the SSH user use sudo there, or give it rights to the socket.',
  refused: 'Start HAProxy there: nobody listens on its socket.',
  'no-client': 'Install socat there.',
  failed: 'Look at HAProxy there, then run the command again.',
}

function unanswered(
  {type, message}: Exclude<RuntimeAnswer, {type: 'answered'}>,
  node: string,
  socket: string,
): GhaError {
  const what = {
    missing: `there is no socket ${socket}`,
    denied: `HAProxy's socket ${socket} is not for this user`,
    refused: `HAProxy does not listen on ${socket}`,
    'no-client': `no program there can talk to ${socket}: ${message}`,
    failed: `HAProxy's socket ${socket} did not answer: ${message}`,
  }[type]
  return new GhaError(what, {
    code: `BALANCER_SOCKET_${type.toUpperCase().replace('-', '_')}`,
    exit: 'preflight',
    node,
    hint: HINTS[type],
  })
}
