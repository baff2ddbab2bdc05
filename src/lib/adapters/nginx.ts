import {didYouMean} from '../config/nearest.ts'
import {GhaError} from '../errors/gha-error.ts'
import {isIpAddress} from '../model/address.ts'
import {sha256} from '../model/digest.ts'
import type {BalancerHost, LoadBalancer} from '../model/load-balancer.ts'
import type {Node} from '../model/node.ts'
import type {Balancer, BalancerView} from '../ports/balancer.ts'
import type {Hosts} from '../ports/host.ts'
import {closeConnections} from './nginx/close-connections.ts'
import {type NginxHost, readNginx, writeNginx} from './nginx/host-script.ts'
import {type Mark, readUpstream, type UpstreamServer, withMark} from './nginx/upstream-file.ts'
import {viewsOf} from './nginx/views.ts'

type Nginx = LoadBalancer & {readonly type: 'nginx'}

/** nginx by its file: a server is marked in it, nginx judges and loads it, and new workers run without the server. */
export class NginxBalancer implements Balancer {
  readonly #hosts: Hosts
  readonly #nginx: Nginx
  #hostNames: readonly string[] = []

  constructor(hosts: Hosts, nginx: Nginx) {
    this.#hosts = hosts
    this.#nginx = nginx
  }

  async status(): Promise<readonly BalancerView[]> {
    const views = this.#nginx.hosts.map(async host => {
      const {seen, servers} = await this.#read(host)
      return viewsOf(host.name, seen, servers)
    })
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

  async drain(node: Node): Promise<readonly BalancerView[]> {
    await this.#mark(node, 'drain')
    return this.status()
  }

  /** What old workers still hold to the node would be cut by its stop anyway, and is closed before. */
  async takeOut(node: Node): Promise<readonly BalancerView[]> {
    await this.#mark(node, 'out')
    await Promise.all(
      this.#nginx.hosts.map(async ({name, ssh}) =>
        (await this.#hosts.connect(name, ssh)).run(closeConnections({host: node.address, port: node.httpPort})),
      ),
    )
    return this.status()
  }

  async undrain(node: Node): Promise<readonly BalancerView[]> {
    await this.#mark(node, 'in')
    return this.status()
  }

  /** Every host is read before the first is written: a host that cannot be told leaves all as they were. */
  async #mark(node: Node, mark: Mark): Promise<void> {
    const read = await Promise.all(this.#nginx.hosts.map(async host => ({host, ...(await this.#read(host))})))
    for (const {host, servers} of read) serverFor(node, servers, host)
    await Promise.all(read.map(({host, text}) => this.#write({host, text, node}, mark)))
  }

  async #write({host, text, node}: Writing, mark: Mark): Promise<void> {
    const {upstream} = this.#nginx
    const now = readUpstream(text, upstream)?.find(({name}) => name === node.balancerName)?.mark
    if (now === mark || (now === 'out' && mark === 'drain')) return
    const content = withMark(text, {upstream, name: node.balancerName, mark})
    const connection = await this.#hosts.connect(host.name, host.ssh)
    const expected = sha256(text)
    const seen = await connection.run(writeNginx(this.#place(), {content, expected}))
    const after = readUpstream(seen.file ?? '', upstream) ?? []
    const view = viewsOf(host.name, seen, after).find(({server}) => server === node.balancerName)
    if (seen.problem === undefined && view?.state === mark) return
    throw notObeyed({host, node}, seen.problem ?? view?.words ?? 'the server is gone from the file')
  }

  async #read(host: BalancerHost): Promise<Reading> {
    const connection = await this.#hosts.connect(host.name, host.ssh)
    const seen = await connection.run(readNginx(this.#place()))
    const {file, upstream} = this.#nginx
    if (seen.file === undefined) throw noFile(host, file.path)
    const servers = readUpstream(seen.file, upstream)
    if (!servers) throw noUpstream(host, upstream, file.path)
    return this.#knowing(servers) ? {seen, servers, text: seen.file} : this.#read(host)
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
  readonly seen: NginxHost
  readonly servers: readonly UpstreamServer[]
  readonly text: string
}

interface Writing {
  readonly host: BalancerHost
  readonly text: string
  readonly node: Node
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

function notObeyed({host, node}: {readonly host: BalancerHost; readonly node: Node}, reason: string): GhaError {
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
