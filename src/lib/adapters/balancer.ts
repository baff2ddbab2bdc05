import type {LoadBalancer} from '../model/load-balancer.ts'
import type {Balancer} from '../ports/balancer.ts'
import type {Hosts} from '../ports/host.ts'
import {HaproxyBalancer} from './haproxy.ts'
import {NginxBalancer} from './nginx.ts'
import {NoBalancer} from './no-balancer.ts'

export interface BalancerSurroundings {
  readonly hosts: Hosts
  readonly say: (text: string) => void
}

/** A new kind of balancer is one adapter and one line here. */
export function createBalancer(loadBalancer: LoadBalancer, {hosts, say}: BalancerSurroundings): Balancer {
  switch (loadBalancer.type) {
    case 'haproxy':
      return new HaproxyBalancer(hosts, loadBalancer)
    case 'nginx':
      return new NginxBalancer(hosts, loadBalancer)
    case 'none':
      return new NoBalancer(say)
  }
}
