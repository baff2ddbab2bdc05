import {observeNode} from '../../src/lib/facts/observe-node.ts'
import {versionOf} from '../../src/lib/model/version.ts'
import type {Plan} from '../../src/lib/plan/plan.ts'
import {planChanges} from '../../src/lib/plan/plan-changes.ts'
import {situationOf} from '../../src/lib/plan/situation.ts'
import type {RolloutWorld} from './rollout-world.ts'

interface Wish {
  readonly verb?: Plan['verb']
  readonly to?: string
}

/** The plan that follows from what is seen, as a command would make it. */
export async function planFor(world: RolloutWorld, {verb = 'rollout', to = world.versions.new}: Wish = {}) {
  const version = versionOf(to)
  const cluster = {...world.cluster, grafana: {...world.cluster.grafana, version}}
  const {ports, balancer} = world.run({} as Plan)
  const views = await balancer.status()
  const release = {id: `${to}-0123456789ab`, version, files: []}
  const situations = cluster.nodes.map(async node => {
    const observed = await observeNode({cluster, node}, ports, {files: [], probes: ['health']})
    return situationOf({node, wish: {release, files: []}, observed, views})
  })
  return planChanges({
    cluster,
    verb,
    situations: await Promise.all(situations),
    balancerFiles: [],
    schema: {there: true, newest: world.schema.newest},
  })
}
