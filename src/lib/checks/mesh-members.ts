import type {MeshMetrics} from '../facts/metrics.ts'
import {type About, eachNode, failed, passed, undecided} from './check.ts'
import {notRunning, notYet} from './not-yet.ts'
import {perNode} from './per-node.ts'

export const meshMembers = perNode({
  id: 'mesh/members',
  title: 'every node counts all nodes in the alerting mesh',
  severity: 'error',
  hint: 'Look at the ports with `gha check --only mesh/ports`; while they do not find each other, alerts are sent more than once.',
  unless: noMesh,
  fact: ({seen}) => seen.metrics,
  judge(metrics, about) {
    if (metrics.members === undefined) return undecided('Grafana publishes no metrics of a mesh')
    const expected = eachNode(about.judged).filter(other => notYet(other) === undefined).length
    const wrong = wrongWith(metrics, expected, about)
    return wrong ? failed(wrong) : passed(`${metrics.members} members, position ${metrics.position ?? 'unknown'}`)
  },
})

/** Why there is nobody to count. */
export function noMesh(about: About): string | undefined {
  const {alerting, nodes} = about.cluster
  const hasMesh = alerting.mode !== 'single' && nodes.length > 1
  return notRunning(about) ?? (hasMesh ? undefined : 'there is no mesh')
}

/** Grafana counts a peer that gha.yaml names and that has not started yet as failed (seen on 9.3.1). */
function wrongWith(metrics: MeshMetrics, expected: number, about: About): string | undefined {
  const {members, position, healthScore, failedPeers} = metrics
  if (members !== expected) return `${members} members, not ${expected}`
  const notYetThere = about.cluster.nodes.length - expected
  if (failedPeers && failedPeers > notYetThere) return `${failedPeers} failed peers`
  if (healthScore) return `health score ${healthScore}, 0 is healthy`
  const twin = eachNode(about.judged).find(
    ({node, seen}) => node.name !== about.node.name && seen.metrics.known && seen.metrics.value.position === position,
  )
  return twin && position !== undefined ? `position ${position}, and so has ${twin.node.name}` : undefined
}
