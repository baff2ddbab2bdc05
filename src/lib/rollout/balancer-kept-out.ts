import type {Node} from '../model/node.ts'
import type {Balancer, BalancerView} from '../ports/balancer.ts'
import type {Clock} from '../ports/local.ts'
import {atIntervals} from './at-intervals.ts'
import {viewsOf} from './balancer-views.ts'

const LOOK_MILLISECONDS = 3000

interface Surroundings {
  readonly clock: Clock
  readonly note: (text: string) => void
}

/**
 * HAProxy has in its memory who is out, and a reload with a configuration that keeps no server state brings every node in.
 * So it is looked at from the first node that is taken out until the end, and told again.
 */
export class KeptOut implements Balancer {
  readonly #balancer: Balancer
  readonly #surroundings: Surroundings
  readonly #out = new Set<Node>()
  /** Counts the beginnings and the ends of what it is told. */
  #words = 0
  #endLooks: (() => Promise<void>) | undefined

  constructor(balancer: Balancer, surroundings: Surroundings) {
    this.#balancer = balancer
    this.#surroundings = surroundings
  }

  status(): Promise<readonly BalancerView[]> {
    return this.#balancer.status()
  }

  rehearse(nodes: readonly Node[]): Promise<void> {
    return this.#balancer.rehearse(nodes)
  }

  drain(node: Node): Promise<readonly BalancerView[]> {
    return this.#tell(() => this.#balancer.drain(node))
  }

  async takeOut(node: Node): Promise<readonly BalancerView[]> {
    const views = await this.#tell(() => this.#balancer.takeOut(node))
    if (forgetful(views, node).length > 0) return views
    this.#out.add(node)
    this.#endLooks ??= this.#beginLooks()
    return views
  }

  undrain(node: Node): Promise<readonly BalancerView[]> {
    this.#out.delete(node)
    return this.#tell(() => this.#balancer.undrain(node))
  }

  async end(): Promise<void> {
    await this.#endLooks?.()
  }

  async #tell(word: () => Promise<readonly BalancerView[]>): Promise<readonly BalancerView[]> {
    this.#words += 1
    try {
      return await word()
    } finally {
      this.#words += 1
    }
  }

  #beginLooks(): () => Promise<void> {
    return atIntervals(this.#surroundings.clock, {
      milliseconds: LOOK_MILLISECONDS,
      goesOn: () => true,
      // The next step that needs the balancer says what is wrong with it.
      act: () => this.#look().catch(() => undefined),
    })
  }

  async #look(): Promise<void> {
    if (this.#out.size === 0) return
    const before = this.#words
    const views = await this.#balancer.status()
    for (const node of this.#out) {
      // Who was told something meanwhile may not have known it yet when it was asked.
      if (this.#words !== before) return
      const found = forgetful(views, node)
      if (found.length === 0) continue
      await this.#balancer.takeOut(node)
      const said = found.map(({balancer, words}) => `${balancer} said ${words}`).join(', ')
      this.#surroundings.note(
        `${node.name}: the balancer had forgotten that it is out, as after a reload (${said}); it is out again`,
      )
    }
  }
}

function forgetful(views: readonly BalancerView[], {balancerName}: Node): readonly BalancerView[] {
  return viewsOf(views, balancerName).filter(({state}) => state !== 'out')
}
