import {didYouMean} from '../config/nearest.ts'
import {GhaError} from '../errors/gha-error.ts'
import {isIpAddress} from '../model/address.ts'
import type {Endpoint} from '../model/backing.ts'
import {sha256} from '../model/digest.ts'
import {given} from '../model/given.ts'
import type {BalancerHost, LoadBalancer} from '../model/load-balancer.ts'
import type {Node} from '../model/node.ts'
import type {Balancer, BalancerView} from '../ports/balancer.ts'
import type {Hosts} from '../ports/host.ts'
import type {Clock} from '../ports/local.ts'
import {LastHeard} from './last-heard.ts'
import {closeConnections} from './nginx/close-connections.ts'
import {type NginxHost, readNginx, writeNginx} from './nginx/host-script.ts'
import {type Mark, readUpstream, type UpstreamServer, withMark} from './nginx/upstream-file.ts'
import {viewsOf} from './nginx/views.ts'

type Nginx = LoadBalancer & {readonly type: 'nginx'}

/** nginx by its file: a server is marked in it, nginx judges and loads it, and new workers run without the server. */
export class NginxBalancer implements Balancer {
  readonly #hosts: Hosts
  readonly #nginx: Nginx
  readonly #heard: LastHeard<Reading>
  #hostNames: readonly string[] = []

  constructor(hosts: Hosts, nginx: Nginx, clock: Pick<Clock, 'now'>) {
    this.#hosts = hosts
    this.#nginx = nginx
    this.#heard = new LastHeard(clock)
  }

  async status(): Promise<readonly BalancerView[]> {
    const views = this.#nginx.hosts.map(async host => viewsIn(await this.#read(host)))
    return (await Promise.all(views)).flat()
  }

  async rehearse(nodes: readonly Node[]): Promise<void> {
    await Promise.all(
      this.#nginx.hosts.map(async host => {
        const {seen, servers} = await this.#read(host)
        for (const node of nodes) serverFor(node, servers, host)
        if (seen.workers.length === 0) throw notRunning(host)
      }),
    )
  }

  drain(node: Node): Promise<readonly BalancerView[]> {
    return this.#mark({node, mark: 'drain'})
  }

  takeOut(node: Node): Promise<readonly BalancerView[]> {
    return this.#mark({node, mark: 'out'})
  }

  undrain(node: Node): Promise<readonly BalancerView[]> {
    return this.#mark({node, mark: 'in'})
  }

  /** Every host is asked before the first is told: a host that cannot be told leaves all as they were. */
  async #mark(order: Order): Promise<readonly BalancerView[]> {
    const told = await this.#tellUnasked(order)
    if (told) return told
    const read = await Promise.all(this.#nginx.hosts.map(host => this.#read(host)))
    for (const {host, servers} of read) serverFor(order.node, servers, host)
    const views = read.map(async reading => {
      if (!isToDo(order, reading)) return this.#asItIs(order, reading)
      const written = await this.#write(order, reading)
      if (written === 'changed')
        throw notObeyed(order, reading.host, `${this.#nginx.file.path} was changed by somebody else`)
      return written
    })
    return (await Promise.all(views)).flat()
  }

  /**
   * What the hosts said last may stand for asking them: a file that is another by now is not written. Where there are
   * several, one that went away since would keep the others from staying as they were, so it must have been a moment ago;
   * a node that comes back does no harm on any of them. Undefined where they must be asked.
   */
  async #tellUnasked(order: Order): Promise<readonly BalancerView[] | undefined> {
    const {hosts} = this.#nginx
    const heard = this.#heard.of(hosts)
    if (!heard?.said.every(reading => isToDo(order, reading))) return undefined
    if (!heard.isFresh && hosts.length > 1 && order.mark !== 'in') return undefined
    const views = await Promise.all(heard.said.map(reading => this.#write(order, reading)))
    const written = views.filter(view => view !== 'changed')
    return written.length === views.length ? written.flat() : undefined
  }

  /** What old workers still hold to a node that is out would be cut by its stop anyway, and is closed before. */
  async #asItIs({node, mark}: Order, reading: Reading): Promise<readonly BalancerView[]> {
    if (mark !== 'out') return viewsIn(reading)
    const {name, ssh} = reading.host
    await (await this.#hosts.connect(name, ssh)).run(closeConnections(endpointOf(node)))
    return viewsIn(await this.#read(reading.host))
  }

  async #write(order: Order, {host, text}: Reading): Promise<readonly BalancerView[] | 'changed'> {
    const {node, mark} = order
    const {upstream} = this.#nginx
    const content = withMark(text, {upstream, name: node.balancerName, mark})
    const closes = mark === 'out' ? endpointOf(node) : undefined
    const connection = await this.#hosts.connect(host.name, host.ssh)
    this.#heard.forget(host.name)
    const seen = await connection.run(writeNginx(this.#place(), {content, expected: sha256(text), ...given({closes})}))
    if (seen.changed) return 'changed'
    const written = {host, seen, text: seen.file ?? '', servers: readUpstream(seen.file ?? '', upstream) ?? []}
    const views = viewsIn(written)
    const view = views.find(({server}) => server === node.balancerName)
    if (seen.problem !== undefined || view?.state !== mark)
      throw notObeyed(order, host, seen.problem ?? view?.words ?? 'the server is gone from the file')
    this.#heard.remember(host.name, written)
    return views
  }

  async #read(host: BalancerHost): Promise<Reading> {
    const connection = await this.#hosts.connect(host.name, host.ssh)
    const seen = await connection.run(readNginx(this.#place()))
    const {file, upstream} = this.#nginx
    if (seen.file === undefined) throw noFile(host, file.path)
    const servers = readUpstream(seen.file, upstream)
    if (!servers) throw noUpstream(host, upstream, file.path)
    if (!this.#knowing(servers)) return this.#read(host)
    const reading = {host, seen, servers, text: seen.file}
    this.#heard.remember(host.name, reading)
    return reading
  }

  /** Remembers host names of servers, which the host must resolve; false when it was not asked for all of them. */
  #knowing(servers: readonly UpstreamServer[]): boolean {
    const names = servers.map(({endpoint}) => endpoint.host).filter(name => !isIpAddress(name))
    const missing = names.filter(name => !this.#hostNames.includes(name))
    this.#hostNames = [...this.#hostNames, ...missing]
    return missing.length === 0
  }

  #place() {
    const {path, validate, reload} = this.#nginx.file
    return {path, validate, reload, hostNames: this.#hostNames}
  }
}

interface Reading {
  readonly host: BalancerHost
  readonly seen: NginxHost
  readonly servers: readonly UpstreamServer[]
  readonly text: string
}

interface Order {
  readonly node: Node
  readonly mark: Mark
}

function viewsIn({host, seen, servers}: Reading): readonly BalancerView[] {
  return viewsOf(host.name, seen, servers)
}

/** A server that is out needs no drain, and gets none: it would be fed assets again. */
function isToDo({node, mark}: Order, {servers}: Reading): boolean {
  const now = servers.find(({name}) => name === node.balancerName)?.mark
  return now !== undefined && now !== mark && !(now === 'out' && mark === 'drain')
}

function endpointOf({address, httpPort}: Node): Endpoint {
  return {host: address, port: httpPort}
}

function serverFor(node: Node, servers: readonly UpstreamServer[], host: BalancerHost): UpstreamServer {
  const server = servers.find(({name}) => name === node.balancerName)
  if (server) return server
  const names = servers.map(({name}) => name)
  throw new GhaError(`nginx has no server named ${node.balancerName}${didYouMean(node.balancerName, names)}`, {
    code: 'BALANCER_NO_SERVER',
    exit: 'preflight',
    node: host.name,
    hint: 'Run `gha apply`, which writes the file of nginx.',
  })
}

function notRunning(host: BalancerHost): GhaError {
  return new GhaError('nginx does not run', {
    code: 'BALANCER_NOT_RUNNING',
    exit: 'preflight',
    node: host.name,
    hint: 'Start nginx there. Where it runs under a configuration of its own, name that in `loadBalancer.file.reload`.',
  })
}

function notObeyed({node}: Order, host: BalancerHost, reason: string): GhaError {
  return new GhaError(`nginx did not do as it was told about ${node.balancerName}: ${reason}`, {
    code: 'BALANCER_NOT_OBEYED',
    exit: 'partial',
    node: host.name,
    hint: 'Look at `gha status` and at the error log of nginx, then run the command again.',
  })
}

function noFile(host: BalancerHost, path: string): GhaError {
  return new GhaError(`there is no file ${path}`, {
    code: 'BALANCER_FILE_MISSING',
    exit: 'preflight',
    node: host.name,
    hint: 'Run `gha apply`, which writes it, or correct `loadBalancer.file` in gha.yaml.',
  })
}

function noUpstream(host: BalancerHost, upstream: string, path: string): GhaError {
  return new GhaError(`${path} has no upstream ${upstream}`, {
    code: 'BALANCER_NO_BACKEND',
    exit: 'preflight',
    node: host.name,
    hint: 'Run `gha apply`, which writes the file, or correct `loadBalancer.upstream` in gha.yaml.',
  })
}
