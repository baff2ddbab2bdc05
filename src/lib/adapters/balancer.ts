import {refusingMutations} from '../host/refusing-mutations.ts'
import type {LoadBalancer} from '../model/load-balancer.ts'
import type {Balancer} from '../ports/balancer.ts'
import type {Host, Hosts} from '../ports/host.ts'
import type {Clock} from '../ports/local.ts'
import {HaproxyBalancer} from './haproxy.ts'
import {thisMachine} from './hook/this-machine.ts'
import {HookBalancer} from './hook.ts'
import {NginxBalancer} from './nginx.ts'
import {NoBalancer} from './no-balancer.ts'

export interface BalancerSurroundings {
  readonly hosts: Hosts
  readonly clock: Clock
  /** Nothing that changes anything may run on this machine either. */
  readonly dryRun: boolean
}

/** A new kind of balancer is one adapter and one line here. */
export function createBalancer(loadBalancer: LoadBalancer, {hosts, clock, dryRun}: BalancerSurroundings): Balancer {
  switch (loadBalancer.type) {
    case 'haproxy':
      return new HaproxyBalancer(hosts, loadBalancer, clock)
    case 'nginx':
      return new NginxBalancer(hosts, loadBalancer, clock)
    case 'hook':
      return new HookBalancer(loadBalancer, {clock, connect: hookHost(loadBalancer, {hosts, dryRun})})
    case 'none':
      return new NoBalancer()
  }
}

function hookHost(
  {name, host, folder}: LoadBalancer & {readonly type: 'hook'},
  {hosts, dryRun}: Pick<BalancerSurroundings, 'hosts' | 'dryRun'>,
): () => Promise<Host> {
  if (host) return () => hosts.connect(host.name, host.ssh)
  const here = dryRun ? refusingMutations(thisMachine(folder)) : thisMachine(folder)
  return () => here.connect(name, HERE)
}

const HERE = {host: 'localhost', jump: [], become: {method: 'none'}, transport: 'auto'} as const
