import path from 'node:path'
import {GhaError} from '../../errors/gha-error.ts'
import {writeBalancerFile} from '../../host/balancer-file.ts'
import type {Cluster} from '../../model/cluster.ts'
import {balancerHosts, ownedFile} from '../../model/load-balancer.ts'
import type {BalancerFilePlan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import type {RenderedFile} from '../../render/rendered-file.ts'
import {halfWay} from '../../rollout/half-way.ts'
import type {Lock} from '../../rollout/lock.ts'
import {surelyHeld} from '../../rollout/surely-held.ts'

export interface BalancerWrites {
  readonly lock: Lock
  readonly plans: readonly BalancerFilePlan[]
  readonly files: readonly RenderedFile[]
  readonly say: (text: string) => void
}

/** One balancer host after the other: a file that breaks one never reaches the next. */
export async function writeBalancerFiles(cluster: Cluster, ports: Ports, writes: BalancerWrites): Promise<void> {
  const {loadBalancer} = cluster
  const owned = ownedFile(loadBalancer)
  if (!owned) return
  const loaded: string[] = []
  for (const {balancer, path: place, seen} of writes.plans) {
    const target = balancerHosts(loadBalancer).find(({name}) => name === balancer)
    const file = writes.files.find(candidate => candidate.path === place)
    if (!target || !file) continue
    const script = writeBalancerFile({
      state: stateOn(balancer, cluster),
      lease: writes.lock.lease,
      path: place,
      content: file.content.reveal(),
      seen,
      validate: owned.validate,
      reload: owned.reload,
    })
    try {
      const host = await ports.hosts.connect(balancer, target.ssh)
      // Its own folder knows the runs that came to it, not those that only came to the nodes.
      await surelyHeld(writes.lock, target)
      await host.run(script)
    } catch (error) {
      throw named(error, balancer, loaded)
    }
    loaded.push(balancer)
    writes.say(`${balancer}: ${place} is loaded`)
  }
}

/** gha's own folder on a balancer's host: named as those on the nodes, wherever gha.yaml has them. */
function stateOn(balancer: string, {name, nodes}: Cluster): string {
  const [node] = nodes
  return `${node ? path.posix.dirname(node.paths.state) : `/var/lib/gha/${name}`}/${balancer}`
}

/** Of a script whose end is unknown nothing is promised. */
function named(error: unknown, balancer: string, loaded: readonly string[]): unknown {
  if (!(error instanceof GhaError) || error.code !== 'SCRIPT_FAILED') return loaded.length > 0 ? halfWay(error) : error
  return new GhaError(error.message, {
    code: 'BALANCER_FILE_FAILED',
    exit: loaded.length > 0 ? 'partial' : 'reverted',
    node: balancer,
    step: 'write the balancer file',
    unchanged: `It goes on with the file it had${loaded.length > 0 ? `; ${loaded.join(', ')} has loaded the new one` : ''}. No Grafana was touched.`,
    hint: 'Look at the file with `gha render`, then run the command again.',
    cause: error,
  })
}
