import type {Node} from '../model/node.ts'
import type {Balancer} from '../ports/balancer.ts'
import {Turnstile} from './turnstile.ts'

/** A balancer that is told one thing after the other: of two who change one file at once, the second would be refused. */
export function inTurn(balancer: Balancer): Balancer {
  const turns = new Turnstile()
  return {
    status: () => balancer.status(),
    rehearse: nodes => balancer.rehearse(nodes),
    drain: (node: Node) => turns.pass(() => balancer.drain(node)),
    takeOut: (node: Node) => turns.pass(() => balancer.takeOut(node)),
    undrain: (node: Node) => turns.pass(() => balancer.undrain(node)),
  }
}
