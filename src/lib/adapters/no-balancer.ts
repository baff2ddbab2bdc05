import type {Balancer, BalancerView} from '../ports/balancer.ts'

/** Nobody stands in front of the nodes that gha could tell anything: what they serve when one stops is lost. */
export class NoBalancer implements Balancer {
  async status(): Promise<readonly BalancerView[]> {
    return []
  }

  async rehearse(): Promise<void> {}

  async drain(): Promise<readonly BalancerView[]> {
    return []
  }

  async takeOut(): Promise<readonly BalancerView[]> {
    return []
  }

  async undrain(): Promise<readonly BalancerView[]> {
    return []
  }
}
