import type {Observation} from '../model/observation.ts'
import {disk} from './disk.ts'
import {files} from './files.ts'
import type {NodeFact} from './node-fact.ts'
import {otherTools} from './other-tools.ts'
import {packages} from './package.ts'
import {plugins} from './plugins.ts'
import {rights} from './rights.ts'
import {service} from './service.ts'
import {state} from './state.ts'

/** What the one script on a node asks, in this order. A new fact is one file and one line here. */
export const NODE_FACTS = {rights, disk, package: packages, otherTools, service, files, state, plugins}

export type NodeFacts = {
  readonly [K in keyof typeof NODE_FACTS]: (typeof NODE_FACTS)[K] extends NodeFact<infer T> ? Observation<T> : never
}

export function eachFact(see: (fact: NodeFact<unknown>) => Observation<unknown>): NodeFacts {
  return Object.fromEntries(Object.entries(NODE_FACTS).map(([name, fact]) => [name, see(fact)])) as NodeFacts
}
