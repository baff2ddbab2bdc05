import type {Node} from '../model/node.ts'

/**
 * The load balancer, all of its hosts at once: a node is in or out only when every host says so.
 * Out when the balancer says so, in when the balancer says so.
 */
export interface Balancer {
  /** @throws GhaError when a balancer host cannot be asked. */
  status(): Promise<readonly BalancerView[]>
  /**
   * Looks whether these nodes could be drained and taken back, and changes nothing.
   * @throws GhaError `BALANCER_*` with what would keep it from being done.
   */
  rehearse(nodes: readonly Node[]): Promise<void>
  /** Sends no new requests to the node; those under way go on. Like the next two, resolves with what is seen once all are told. */
  drain(node: Node): Promise<readonly BalancerView[]>
  /** Sends nothing at all to it: after the drain, before the stop. */
  takeOut(node: Node): Promise<readonly BalancerView[]>
  undrain(node: Node): Promise<readonly BalancerView[]>
}

/** One balancer host's view of one backend server. */
export interface BalancerView {
  readonly balancer: string
  readonly server: string
  readonly state: ServerState
  /** Requests or connections under way; undefined where the balancer does not tell. */
  readonly current?: number
  /** `address:port` as the balancer has it. */
  readonly address?: string
  /** Set where it is `in` on credit: the balancer's health check has yet to pass, or has failed and may again. */
  readonly onCredit?: true
  /** The balancer's own words: `UP`, `MAINT`, `DOWN (agent)`. */
  readonly words: string
}

/** `in` serves; `drain` finishes what it has; `out` gets nothing; `down` fails its health check. */
export type ServerState = 'in' | 'drain' | 'out' | 'down'
