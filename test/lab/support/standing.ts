import {type LabCluster, SERVING} from './cluster.ts'

/** How a cluster stands, in a few words for each node. */
export interface Standing {
  /** What each Grafana says it is. */
  readonly versions: Readonly<Record<string, string>>
  /** What HAProxy says of each node. */
  readonly balancer: Readonly<Record<string, string>>
  /** Marks of an unfinished run. */
  readonly leftovers: readonly string[]
}

export async function standing(cluster: LabCluster, {seenFrom = 'operator'}: Seen = {}): Promise<Standing> {
  const [versions, balancer, leftovers] = [cluster.versions(seenFrom), cluster.balancerStates(), cluster.leftovers()]
  return {versions: await versions, balancer: await balancer, leftovers: [...(await leftovers)].sort()}
}

interface Seen {
  /** The part of the lab that asks each Grafana, where the operator cannot. */
  readonly seenFrom?: string
}

/** Every node on one version, in the balancer, and nothing left behind. */
export function wholeOn(version: string): Standing {
  return {
    versions: {gf1: version, gf2: version, gf3: version},
    balancer: SERVING,
    leftovers: [],
  }
}

/** As before but for gf1, which an unfinished run holds out. */
export function heldOut(version: string, {marks = ['gf1 out'], gf1 = version}: HeldOut = {}): Standing {
  const whole = wholeOn(version)
  return {
    versions: {...whole.versions, gf1},
    balancer: {...whole.balancer, gf1: 'MAINT'},
    leftovers: marks,
  }
}

interface HeldOut {
  readonly marks?: readonly string[]
  /** What gf1 answers, where it is another version, or nothing. */
  readonly gf1?: string
}
