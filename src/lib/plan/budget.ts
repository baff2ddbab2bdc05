import type {Share} from '../model/cluster.ts'

/** How many of the nodes a share is: a part is rounded down, and one may always go. */
export function budgetOf({unit, amount}: Share, nodes: number): number {
  const wished = unit === 'nodes' ? amount : Math.floor((nodes * amount) / 100)
  return Math.max(1, wished)
}
