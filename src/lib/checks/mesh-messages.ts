import type {MeshMetrics} from '../facts/metrics.ts'
import {failed, passed, skipped, undecided} from './check.ts'
import {inRun} from './in-run.ts'
import {noMesh} from './mesh-members.ts'
import {perNode} from './per-node.ts'

/** Members are counted from what was heard once: only a counter that moves shows that they still hear each other. */
export const meshMessages = inRun(
  ({meshBefore}) => meshBefore !== undefined,
  perNode({
    id: 'mesh/messages',
    title: 'the members of the alerting mesh hear each other',
    severity: 'error',
    hint: 'Open the alerting port for TCP and UDP between all nodes, or look at the Redis of the mesh with `gha check --only cache`.',
    unless: noMesh,
    fact: ({seen}) => seen.metrics,
    judge(now, {seen}) {
      if (now.members !== undefined && now.members < 2) return skipped('it is the only member')
      const [before, after] = [heard(seen.meshBefore ?? {}), heard(now)]
      if (before === undefined || after === undefined) return undecided('Grafana publishes no counters of a mesh')
      return after > before ? passed(`${after - before} more`) : failed('it has heard nothing since the look before')
    },
  }),
)

/** Messages come at every change and every minute, answers to pings every few seconds. */
function heard({pings, messagesReceived}: MeshMetrics): number | undefined {
  return pings === undefined && messagesReceived === undefined ? undefined : (pings ?? 0) + (messagesReceived ?? 0)
}
