import {parseBalancer, parseDatabase, parseSet} from '../actions/init/arguments.ts'
import type {InitAnswers, InitWish, NodeAnswer} from '../actions/init/wish.ts'
import {given} from '../model/given.ts'

export interface InitFlags {
  readonly cluster?: string | undefined
  readonly 'grafana-version'?: string | undefined
  readonly 'root-url'?: string | undefined
  readonly install?: InitAnswers['method'] | undefined
  readonly packages?: string | undefined
  readonly database?: string | undefined
  readonly 'ssh-user'?: string | undefined
  readonly 'ssh-port'?: number | undefined
  readonly balancer?: string | undefined
  readonly set?: readonly string[] | undefined
}

/** What the command line says; what it leaves open stays open. */
export function wishOf(flags: InitFlags, nodes: readonly NodeAnswer[]): InitWish {
  const open = {
    name: flags.cluster,
    version: flags['grafana-version'],
    rootUrl: flags['root-url'],
    method: flags.install,
    packages: flags.packages,
    nodes: nodes.length > 0 ? nodes : undefined,
    database: flags.database === undefined ? undefined : parseDatabase(flags.database),
    balancer: flags.balancer === undefined ? undefined : parseBalancer(flags.balancer),
  }
  return {
    ...given(open),
    ssh: given({user: flags['ssh-user'], port: flags['ssh-port']}),
    set: (flags.set ?? []).map(parseSet),
  }
}
