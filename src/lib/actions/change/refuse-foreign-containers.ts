import {CONTAINER_REMEDY, obstaclesOf} from '../../checks/service-container.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import {hasStep, nodesOf, type Plan} from '../../plan/plan.ts'

/** A container that could not be made again as it is. @throws GhaError `CONTAINER_FOREIGN` with the node */
export function refuseForeignContainers({nodes}: ClusterObservation, plan: Plan): void {
  for (const each of nodesOf(plan).filter(one => hasStep(one, 'activate'))) {
    const service = nodes.find(({node}) => node === each.node)?.service
    const container = service?.known ? service.value.container : undefined
    const files = [...each.release.files, ...(each.release.plugins ?? [])].map(({path}) => path)
    const obstacles = container ? obstaclesOf(container, files) : []
    if (obstacles.length === 0) continue
    throw new GhaError(`gha cannot replace its container: ${obstacles.join('; ')}`, {
      code: 'CONTAINER_FOREIGN',
      exit: 'preflight',
      node: each.node,
      unchanged: 'Nothing was changed.',
      hint: `${CONTAINER_REMEDY}; \`gha check --only service\` looks.`,
    })
  }
}
