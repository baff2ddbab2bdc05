import {nodesWithin} from '../actions/change/nodes-within.ts'
import {skipBalancers} from '../actions/change/skip-balancers.ts'
import {wishPace} from '../actions/change/wish-pace.ts'
import {wishVersion} from '../actions/change/wish-version.ts'
import {readMaterial} from '../actions/read-material.ts'
import type {Cluster} from '../model/cluster.ts'
import type {RenderMaterial} from '../render/render-material.ts'
import type {Context} from './context.ts'

/** What a command line may say over gha.yaml. */
export interface WishFlags {
  readonly to?: string | undefined
  readonly limit?: readonly string[] | undefined
  readonly canary?: string | undefined
  readonly 'max-failed'?: number | undefined
  readonly 'skip-balancer'?: readonly string[] | undefined
}

export interface Wish {
  readonly cluster: Cluster
  readonly material: RenderMaterial
  readonly limit: ReadonlySet<string> | undefined
}

/** gha.yaml with what the command line says over it, and what is needed to render it. */
export async function openWish({cluster, ports}: Pick<Context, 'cluster' | 'ports'>, flags: WishFlags): Promise<Wish> {
  const {to, limit, canary} = flags
  const atVersion = to === undefined ? cluster : wishVersion(cluster, to)
  const paced = wishPace(atVersion, {canary, maxFailed: flags['max-failed']})
  const wished = skipBalancers(paced, flags['skip-balancer'] ?? [])
  return {
    cluster: wished,
    material: await readMaterial(wished, ports.files),
    limit: limit && nodesWithin(wished, limit),
  }
}
