import {GhaError} from '../errors/gha-error.ts'
import type {BalancerHost, LoadBalancer} from '../model/load-balancer.ts'
import type {Node} from '../model/node.ts'
import type {Balancer, BalancerView} from '../ports/balancer.ts'
import type {Hosts} from '../ports/host.ts'
import type {Clock} from '../ports/local.ts'
import {serverStateFile} from '../render/render-balancer.ts'
import {noSuch, unanswered, withoutRights} from './haproxy/refusals.ts'
import {runtimeScript} from './haproxy/runtime-script.ts'
import {feedsDrained, type HaproxyServer, readServers, serversOf, viewsOf} from './haproxy/servers.ts'
import {LastHeard} from './last-heard.ts'

type Haproxy = LoadBalancer & {readonly type: 'haproxy'}
type Wish = HaproxyServer['admin']

/** HAProxy through its runtime socket on each of its hosts: no reload, nothing written but what it must remember. */
export class HaproxyBalancer implements Balancer {
  readonly #hosts: Hosts
  readonly #haproxy: Haproxy
  readonly #heard: LastHeard<readonly HaproxyServer[]>

  constructor(hosts: Hosts, haproxy: Haproxy, clock: Pick<Clock, 'now'>) {
    this.#hosts = hosts
    this.#haproxy = haproxy
    this.#heard = new LastHeard(clock)
  }

  async status(): Promise<readonly BalancerView[]> {
    const views = this.#haproxy.hosts.map(async host => this.#viewsOf(host, (await this.#read(host)).servers))
    return (await Promise.all(views)).flat()
  }

  async rehearse(nodes: readonly Node[]): Promise<void> {
    const {hosts, socket} = this.#haproxy
    await Promise.all(
      hosts.map(async host => {
        const {servers, level} = await this.#read(host)
        for (const node of nodes) this.#targets(host, node, servers)
        if (level !== undefined && level !== 'admin') throw withoutRights({host, socket, exit: 'preflight'}, level)
      }),
    )
  }

  drain(node: Node): Promise<readonly BalancerView[]> {
    return this.#set(node, 'drain')
  }

  takeOut(node: Node): Promise<readonly BalancerView[]> {
    return this.#set(node, 'maint')
  }

  undrain(node: Node): Promise<readonly BalancerView[]> {
    return this.#set(node, 'ready')
  }

  /** Every host is asked before the first is told: a host that cannot be told leaves all as they were. */
  async #set(node: Node, wish: Wish): Promise<readonly BalancerView[]> {
    const told = await this.#tellUnasked(node, wish)
    if (told) return told
    const asked = await Promise.all(
      this.#haproxy.hosts.map(async host => {
        const {servers} = await this.#read(host)
        return {host, servers, targets: this.#targets(host, node, servers)}
      }),
    )
    const views = asked.map(async ({host, servers, targets}) => {
      const commands = this.#commandsFor(
        targets.filter(({admin}) => admin !== wish),
        wish,
      )
      return this.#viewsOf(host, commands.length > 0 ? await this.#tell({host, node, commands}, wish) : servers)
    })
    return (await Promise.all(views)).flat()
  }

  /** Undefined where nothing was told: it was not heard of late, or a server is gone or is out already. */
  async #tellUnasked(node: Node, wish: Wish): Promise<readonly BalancerView[] | undefined> {
    const {hosts, backends} = this.#haproxy
    const heard = this.#heard.of(hosts)
    if (!heard || !(heard.isFresh || this.#harmless(wish))) return undefined
    const orders = hosts.map((host, place) => {
      const found = serversOf(node.balancerName, heard.said[place] ?? [], backends)
      return {host, node, commands: found && found.missing.length === 0 ? this.#commandsFor(found.all, wish) : []}
    })
    if (orders.some(({commands}) => commands.length === 0)) return undefined
    const views = orders.map(async order => this.#viewsOf(order.host, await this.#tell(order, wish)))
    return (await Promise.all(views)).flat()
  }

  /**
   * `ready` and `maint` do no harm to a server that is it already, a drain to one that is out does. Where one host alone
   * is told, there is no other that has to stay as it was; a node that comes back may come back on one before the other.
   */
  #harmless(wish: Wish): boolean {
    return wish === 'ready' || (wish === 'maint' && this.#haproxy.hosts.length === 1)
  }

  /** The main backend first, and last where the server comes back: whatever cuts it short, no page is served whose files nobody gets. */
  #commandsFor(targets: readonly HaproxyServer[], wish: Wish): readonly string[] {
    return (wish === 'ready' ? targets.toReversed() : targets)
      .filter(target => this.#minds(target, wish) && !(wish === 'drain' && target.admin === 'maint'))
      .map(({backend, name}) => `set server ${backend}/${name} state ${wish}`)
  }

  async #tell({host, node, commands}: Telling, wish: Wish): Promise<readonly HaproxyServer[]> {
    const {complaints, servers} = await this.#ask(host, commands)
    const deaf = this.#targets(host, node, servers).filter(
      target => this.#minds(target, wish) && !obeys(target.admin, wish),
    )
    if (complaints.length === 0 && deaf.length === 0) return servers
    const reason = complaints[0] ?? deaf.map(({backend, status}) => `${backend} says ${status}`).join(', ')
    if (/permission/i.test(reason)) throw withoutRights({host, socket: this.#haproxy.socket, exit: 'partial'}, reason)
    throw new GhaError(`HAProxy did not ${VERBS[wish]}: ${reason}`, {
      code: 'BALANCER_NOT_OBEYED',
      exit: 'partial',
      node: host.name,
      step: `${wish} ${node.balancerName}`,
      hint: 'Look at `gha status`, then run the command again.',
    })
  }

  #minds(target: HaproxyServer, wish: Wish): boolean {
    return wish !== 'drain' || !feedsDrained(target, this.#haproxy.backends[0])
  }

  #targets(host: BalancerHost, node: Node, servers: readonly HaproxyServer[]): readonly HaproxyServer[] {
    const {backends} = this.#haproxy
    const found = serversOf(node.balancerName, servers, backends)
    const backend = found ? found.missing[0] : backends[0]
    if (found && backend === undefined) return found.all
    const names = servers.filter(server => server.backend === backend).map(({name}) => name)
    throw noSuch({kind: 'server', name: node.balancerName, backend}, {host, names, owned: this.#owned()})
  }

  async #read(host: BalancerHost) {
    const answer = await this.#ask(host, [])
    const names = answer.servers.map(({backend}) => backend)
    const missing = this.#haproxy.backends.find(backend => !names.includes(backend))
    if (missing === undefined) return answer
    throw noSuch({kind: 'backend', name: missing}, {host, names, owned: this.#owned()})
  }

  #viewsOf({name}: BalancerHost, servers: readonly HaproxyServer[]): readonly BalancerView[] {
    return viewsOf(servers, {balancer: name, backends: this.#haproxy.backends})
  }

  #owned(): 'by gha' | 'by the operator' {
    return this.#haproxy.file ? 'by gha' : 'by the operator'
  }

  async #ask({name, ssh}: BalancerHost, commands: readonly string[]) {
    const {socket, file} = this.#haproxy
    const host = await this.#hosts.connect(name, ssh)
    const script = runtimeScript({socket, commands, ...(file ? {stateFile: serverStateFile(file)} : {})})
    const answer = await host.run(script)
    if (answer.type !== 'answered') throw unanswered(answer, name, socket)
    const {complaints, level, state, stat} = answer
    const servers = readServers(state, stat)
    this.#heard.remember(name, servers)
    return {complaints, level, servers}
  }
}

interface Telling {
  readonly host: BalancerHost
  readonly node: Node
  readonly commands: readonly string[]
}

const VERBS: Readonly<Record<Wish, string>> = {drain: 'drain', maint: 'take out', ready: 'take back'}

/** A server that is out needs no drain, and gets none: it would be fed again. */
function obeys(admin: Wish, wish: Wish): boolean {
  return admin === wish || (wish === 'drain' && admin === 'maint')
}
