import {setTimeout as sleep} from 'node:timers/promises'
import type {LabCluster, RunningLoad} from './cluster.ts'
import type {Wish} from './cluster-file.ts'
import {sharedCluster} from './shared-cluster.ts'

export interface UnderLoad {
  readonly cluster: LabCluster
  readonly load: RunningLoad
  /** What runs. */
  readonly from: string
  /** Where a rollout can go. */
  readonly to: string
}

/** A cluster that serves, with that wish, and users who were there before whatever comes. */
export async function clusterUnderLoad(wish: Wish): Promise<UnderLoad> {
  const cluster = await sharedCluster()
  await cluster.stand()
  cluster.write(wish)
  const [from, to] = [cluster.version, cluster.otherPatch]
  const load = cluster.startLoad()
  await sleep(2000)
  return {cluster, load, from, to}
}
