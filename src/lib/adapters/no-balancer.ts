import type {Balancer, BalancerView} from '../ports/balancer.ts'

/** Nobody stands in front of the nodes that gha could tell anything: what they serve when one stops is lost. */
export class NoBalancer implements Balancer {
  readonly #say: (text: string) => void

  constructor(say: (text: string) => void) {
    this.#say = say
  }

  async status(): Promise<readonly BalancerView[]> {
    return []
  }

  async rehearse(): Promise<void> {}

  async drain(node: {readonly name: string}): Promise<readonly BalancerView[]> {
    this.#say(`${node.name}: no balancer is configured, so nothing is drained`)
    return []
  }

  async takeOut(): Promise<readonly BalancerView[]> {
    return []
  }

  async undrain(): Promise<readonly BalancerView[]> {
    return []
  }
}
