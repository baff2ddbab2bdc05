import {OTHER_EDITION_REMEDY} from '../../checks/package-versions-agree.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import {isOtherEdition, packageName} from '../../grafana/packages.ts'
import type {Cluster} from '../../model/cluster.ts'

/**
 * A plan is about versions, and both editions have the same ones: it would see nothing to do, or leave no way back.
 * @throws GhaError `EDITION_DIFFERS`
 */
export function refuseOtherEdition({grafana}: Cluster, {nodes}: ClusterObservation): void {
  const others = nodes.flatMap(({node, package: seen}) => {
    const name = seen.known ? seen.value.installed?.name : undefined
    return name !== undefined && isOtherEdition(name, grafana) ? [`${node} has ${name}`] : []
  })
  if (others.length === 0) return
  throw new GhaError(`gha.yaml wishes ${packageName(grafana.edition)}: ${others.join(', ')}`, {
    code: 'EDITION_DIFFERS',
    exit: 'unsupported',
    unchanged: 'Nothing was changed.',
    hint: OTHER_EDITION_REMEDY,
  })
}
