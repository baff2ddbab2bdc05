/** How a node stands after a failed turn. */
export type Aftermath =
  /** As before its turn, and serving as before. */
  | {readonly state: 'restored'}
  /** Out of the balancer, in this run's name, until somebody has looked. */
  | {readonly state: 'held-out'; readonly reason: string}
  /** Nobody has taken it out of the balancer; whether it is marked as out is unknown. */
  | {readonly state: 'left-in'; readonly reason: string}
  /** On its new release, and serving. */
  | {readonly state: 'kept'; readonly reason: string}

export function kept(reason: string): Aftermath {
  return {state: 'kept', reason}
}

export function leftIn(reason: string): Aftermath {
  return {state: 'left-in', reason}
}

export function heldOut(reason: string): Aftermath {
  return {state: 'held-out', reason}
}
