import {wishBackup} from '../actions/backup/backup-wish.ts'
import {nodesWithin} from '../actions/change/nodes-within.ts'
import {skipBalancers} from '../actions/change/skip-balancers.ts'
import {unwatched} from '../actions/change/unwatched.ts'
import {wishPace} from '../actions/change/wish-pace.ts'
import {wishVersion} from '../actions/change/wish-version.ts'
import {readMaterial} from '../actions/read-material.ts'
import {setVersion} from '../config/set-version.ts'
import type {Cluster} from '../model/cluster.ts'
import type {PlanOptions} from '../plan/saved-plan.ts'
import type {RenderMaterial} from '../render/render-material.ts'
import type {Context} from './context.ts'

/** What a command line may say over gha.yaml. */
export interface WishFlags {
  readonly to?: string | undefined
  readonly limit?: readonly string[] | undefined
  readonly canary?: string | undefined
  readonly 'max-failed'?: number | undefined
  readonly probe?: boolean | undefined
  readonly 'skip-balancer'?: readonly string[] | undefined
  readonly 'backup-cmd'?: string | undefined
  readonly 'skip-backup'?: boolean | undefined
}

export interface Wish {
  readonly cluster: Cluster
  readonly material: RenderMaterial
  readonly limit: ReadonlySet<string> | undefined
}

/** What a command line says over gha.yaml, as a plan keeps it. */
export function optionsOf(flags: WishFlags): PlanOptions {
  const {to, limit, canary, 'max-failed': maxFailed, 'skip-balancer': skipBalancers, probe} = flags
  return {
    ...{to, limit, canary, maxFailed, skipBalancers, probe},
    backupCommand: flags['backup-cmd'],
    skipBackup: flags['skip-backup'],
  }
}

/** gha.yaml with what is wished over it, and what is needed to render it. */
export async function openWish(
  {cluster, ports}: Pick<Context, 'cluster' | 'ports'>,
  options: PlanOptions,
): Promise<Wish> {
  const {to, limit, canary, maxFailed, skipBalancers: skipped = [], probe = true} = options
  const atVersion = to === undefined ? cluster : wishVersion(cluster, to)
  if (atVersion !== cluster) await refuseUnsettable(atVersion, ports)
  const paced = wishPace(atVersion, {canary, maxFailed})
  const backed = wishBackup(paced, {command: options.backupCommand, skip: options.skipBackup})
  const wished = skipBalancers(probe ? backed : unwatched(backed), skipped)
  return {
    cluster: wished,
    material: await readMaterial(wished, ports.files),
    limit: limit && nodesWithin(wished, limit),
  }
}

/** The version is written once all is staged and copied; that gha.yaml cannot take it is said at once. @throws GhaError `CLUSTER_FILE_INVALID` */
async function refuseUnsettable({file, grafana}: Cluster, {files}: Pick<Context['ports'], 'files'>): Promise<void> {
  const bytes = await files.read(file)
  if (bytes) setVersion(new TextDecoder().decode(bytes), grafana.version)
}
