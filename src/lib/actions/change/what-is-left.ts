import {GhaError} from '../../errors/gha-error.ts'
import {nodesOf} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import type {Lock} from '../../rollout/lock.ts'
import type {ChangeRequest} from './change-request.ts'
import {survey} from './survey.ts'
import {writeBalancerFiles} from './write-balancer-files.ts'

interface LastLook {
  readonly lock: Lock
  readonly mayWrite: boolean
}

/**
 * A last look at the world, in words; empty means that all is as wished. A balancer file of gha's own that had to wait
 * until every node was in again is written now.
 */
export async function whatIsLeft(
  request: ChangeRequest,
  ports: Ports,
  {lock, mayWrite}: LastLook,
): Promise<readonly string[]> {
  try {
    const last = await survey(request.cluster, ports, request)
    const {waves, balancerFiles} = last.plan
    const waited = mayWrite && waves.length === 0 ? balancerFiles.filter(({foreign}) => !foreign) : []
    if (waited.length > 0) {
      await writeBalancerFiles(request.cluster, ports, {
        lock,
        plans: waited,
        files: last.balancerFiles,
        say: text => request.progress({type: 'note', text}),
      })
      return whatIsLeft(request, ports, {lock, mayWrite: false})
    }
    return [
      ...nodesOf(last.plan).map(({node, reasons}) => `${node}: ${reasons.join(', ')}`),
      ...balancerFiles.map(({balancer, change, path}) => `${balancer}: ${change} ${path}`),
    ]
  } catch (error) {
    if (!(error instanceof GhaError)) throw error
    return [`unknown, because ${error.node ? `${error.node}: ` : ''}${error.message}`]
  }
}
