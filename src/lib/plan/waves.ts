import type {Cluster} from '../model/cluster.ts'
import {budgetOf} from './budget.ts'
import type {Situation} from './situation.ts'

export interface Order {
  readonly cluster: Pick<Cluster, 'nodes' | 'rollout'>
  /** Serving nodes that need work, in the order of gha.yaml. */
  readonly due: readonly Situation[]
  /** Whether the first of them goes alone although there is no canary: it is the one that migrates. */
  readonly firstAlone: boolean
}

/**
 * Which serving nodes go together, and in which order: the canary alone, then the rest of its zone, then zone by zone.
 * A wave lies in one zone, is no larger than the budget, and leaves one node of its zone where the zone has more.
 */
export function wavesOf({cluster, due, firstAlone}: Order): readonly (readonly Situation[])[] {
  const {nodes, rollout} = cluster
  const [first, ...others] = due.toSorted((a, b) => rank(a, rollout.canary) - rank(b, rollout.canary))
  if (!first) return []
  const alone = firstAlone || first.node.name === rollout.canary
  const budget = budgetOf(rollout.maxParallel, nodes.length)
  const zones = Map.groupBy(alone ? others : [first, ...others], ({node}) => node.zone)
  const inOrder = [...zones].toSorted(([a], [b]) => Number(b === first.node.zone) - Number(a === first.node.zone))
  const waves = inOrder.flatMap(([zone, members]) => {
    const inZone = nodes.filter(node => node.zone === zone).length
    return inGroupsOf(Math.min(budget, Math.max(1, inZone - 1)), members)
  })
  return alone ? [[first], ...waves] : waves
}

function rank({node}: Situation, canary: string | undefined): number {
  return node.name === canary ? 0 : 1
}

function inGroupsOf<T>(size: number, items: readonly T[]): readonly (readonly T[])[] {
  return items.flatMap((_, place) => (place % size === 0 ? [items.slice(place, place + size)] : []))
}
