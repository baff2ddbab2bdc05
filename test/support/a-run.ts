import type {Cluster} from '../../src/lib/model/cluster.ts'
import type {Node} from '../../src/lib/model/node.ts'
import {versionOf} from '../../src/lib/model/version.ts'
import type {NodePlan, Step} from '../../src/lib/plan/plan.ts'
import type {Balancer, BalancerView} from '../../src/lib/ports/balancer.ts'
import type {Host} from '../../src/lib/ports/host.ts'
import type {Turn} from '../../src/lib/rollout/run.ts'
import {Turnstile} from '../../src/lib/rollout/turnstile.ts'
import {aCluster, aNode} from './a-cluster.ts'
import {aLock} from './a-lock.ts'
import {FakeClock, FakeHosts} from './fake-ports.ts'

/** Views of servers by name, all of one balancer host. */
export const viewsOf = (states: Readonly<Record<string, BalancerView['state']>>): readonly BalancerView[] =>
  Object.entries(states).map(([server, state]) => ({balancer: 'lb1', server, state, words: state}) as BalancerView)

/** A balancer that does what it is told, and writes it down. */
export class ObedientBalancer implements Balancer {
  readonly told: string[] = []
  readonly #states: Record<string, BalancerView['state']>

  constructor(states: Readonly<Record<string, BalancerView['state']>>) {
    this.#states = {...states}
  }

  async status(): Promise<readonly BalancerView[]> {
    return viewsOf(this.#states).map(view => ({...view, current: 0}))
  }

  rehearse: Balancer['rehearse'] = async () => undefined

  drain = (node: Node) => this.#tell('drain', node)
  takeOut = (node: Node) => this.#tell('out', node)
  undrain = (node: Node) => this.#tell('in', node)

  async #tell(state: BalancerView['state'], {balancerName}: Node): Promise<readonly BalancerView[]> {
    this.told.push(`${balancerName} ${state}`)
    if (balancerName in this.#states) this.#states[balancerName] = state
    return this.status()
  }
}

export interface TurnOptions {
  readonly cluster?: Cluster
  readonly node?: Node
  readonly balancer?: Balancer
  readonly hosts?: Readonly<Record<string, Host>>
  readonly steps?: readonly Step[]
}

/** One node's turn in a run whose clock is a fake and whose lock holds. */
export function aTurn({cluster = aCluster(), hosts = {}, steps = [], ...given}: TurnOptions = {}): Turn {
  const node = given.node ?? cluster.nodes[0] ?? aNode()
  const version = versionOf('12.1.0')
  const plan: NodePlan = {
    node: node.name,
    release: {id: '12.1.0-x', version, files: []},
    interrupts: steps.some(({kind}) => kind === 'drain'),
    seen: new Map(),
    changes: [],
    reasons: [],
    steps,
  }
  const run = {
    cluster,
    plan: {verb: 'rollout', waves: [[plan]], step: {kind: 'none'}},
    ports: {clock: new FakeClock(), hosts: new FakeHosts(hosts)},
    balancer: given.balancer ?? new ObedientBalancer({}),
    lock: aLock(),
    journal: {append: async () => undefined},
    staged: new Map(),
    wishes: new Map(),
    starts: new Turnstile(),
    trials: {lookBefore: async () => undefined},
    stopRequested: () => false,
    progress: () => undefined,
  } as unknown as Turn['run']
  return {run, node, plan}
}
