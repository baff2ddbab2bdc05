import {AdminGate} from '../facts/as-admin.ts'
import type {GrafanaDoor} from '../facts/ask-grafana.ts'
import {askHealth} from '../facts/health.ts'
import {askListed, type Listed} from '../facts/listed.ts'
import type {MeshMetrics} from '../facts/metrics.ts'
import type {NodeObservation, Trial} from '../facts/node-observation.ts'
import {type LoginPorts, RunLogin, type TriedNode} from '../facts/run-login.ts'
import type {Cluster} from '../model/cluster.ts'
import {given} from '../model/given.ts'
import type {Node} from '../model/node.ts'
import {processOf} from './process-of.ts'

export interface Tried extends TriedNode {
  readonly changesDataSources: boolean
  readonly removesPlugins?: readonly string[]
}

interface Look {
  readonly at: number
  readonly process: string | undefined
  readonly metrics: MeshMetrics
}

/** Long enough for every counter of a living mesh to move. */
const APART_MILLISECONDS = 5000

/** What a run remembers of its nodes, to hold against what it sees of them after their swaps. */
export class Trials {
  /** One for the whole run: a refused admin is asked for nowhere again. */
  readonly admin = new AdminGate()
  readonly #cluster: Cluster
  readonly #ports: LoginPorts
  readonly #login: RunLogin
  readonly #before = new Map<string, Listed>()
  readonly #looks = new Map<string, readonly Look[]>()

  constructor(cluster: Cluster, ports: LoginPorts) {
    this.#cluster = cluster
    this.#ports = ports
    this.#login = new RunLogin(cluster, ports)
  }

  /** While the node is as before; what it does not tell is unknown later. */
  async lookBefore(node: Node): Promise<void> {
    const door = await this.#door(node).catch(() => undefined)
    if (!door) return
    const [health, listed] = await Promise.all([askHealth(door), askListed(door, this.admin), this.#login.begin(node)])
    if (health.known && health.value.status === 200) this.#before.set(node.name, listed)
  }

  /** A login, and what the node lists. @throws GhaError when the node cannot be reached */
  async tryOn({changesDataSources, removesPlugins, ...tried}: Tried): Promise<Trial> {
    const {node} = tried
    const door = await this.#door(node)
    const [login, listed] = await Promise.all([this.#login.tryOn(tried), askListed(door, this.admin)])
    const before = this.#before.get(node.name)
    return {login, listed, changesDataSources, ...given({before, removesPlugins})}
  }

  /** The observation with what the same process said of its mesh some seconds ago. */
  withMeshBefore(seen: NodeObservation): NodeObservation {
    if (!seen.metrics.known) return seen
    const [at, process] = [this.#ports.clock.now(), processOf(seen)]
    const looks = (this.#looks.get(seen.node) ?? []).filter(look => look.process === process)
    const earlier = looks.findLast(look => at - look.at >= APART_MILLISECONDS)
    const kept = looks.filter(look => !earlier || look.at >= earlier.at)
    this.#looks.set(seen.node, [...kept, {at, process, metrics: seen.metrics.value}])
    return earlier ? {...seen, meshBefore: earlier.metrics} : seen
  }

  /** Ends the sessions of this run. */
  end(): Promise<void> {
    return this.#login.end()
  }

  async #door(node: Node): Promise<GrafanaDoor> {
    const host = await this.#ports.hosts.connect(node.name, node.ssh)
    return {cluster: this.#cluster, node, host, http: this.#ports.http}
  }
}
