import {GhaError} from '../../errors/gha-error.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import type {Cluster} from '../../model/cluster.ts'
import {formatVersion, sameVersion} from '../../model/version.ts'
import {hasStep, type NodePlan, nodesOf, type Plan} from '../../plan/plan.ts'

/**
 * Where somebody else brings Grafana, a restart starts what lies on the node: no gate would let that through.
 * @throws GhaError `PACKAGE_NOT_BROUGHT`
 */
export function refuseNotBrought({grafana}: Cluster, {nodes}: ClusterObservation, plan: Plan): void {
  if (grafana.install.method !== 'none') return
  const starting = nodesOf(plan).filter(each => hasStep(each, 'activate'))
  const lacking = starting.flatMap(each => otherThere(each, nodes))
  if (lacking.length === 0) return
  throw new GhaError(`nobody has brought the Grafana that is wished: ${lacking.join('; ')}`, {
    code: 'PACKAGE_NOT_BROUGHT',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'gha.yaml says `install: { method: none }`: bring that version to these nodes without a restart of Grafana, then run the same command again.',
  })
}

function otherThere({node, release}: NodePlan, nodes: ClusterObservation['nodes']): readonly string[] {
  const seen = nodes.find(each => each.node === node)?.package
  const there = seen?.known ? seen.value.installed?.version : undefined
  if (!there || sameVersion(there, release.version)) return []
  return [`${node} has ${formatVersion(there)}, not ${formatVersion(release.version)}`]
}
