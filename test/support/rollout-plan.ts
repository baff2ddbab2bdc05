import {observeNode} from '../../src/lib/facts/observe-node.ts'
import {sha256} from '../../src/lib/model/digest.ts'
import {rowsIn} from '../../src/lib/model/migration-log.ts'
import {versionOf} from '../../src/lib/model/version.ts'
import type {Plan} from '../../src/lib/plan/plan.ts'
import {planChanges} from '../../src/lib/plan/plan-changes.ts'
import {situationOf} from '../../src/lib/plan/situation.ts'
import {publicFile} from '../../src/lib/render/rendered-file.ts'
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
  const files = Object.entries(world.wished).map(([path, content]) => publicFile(path, content))
  const listed = files.map(({path, access, content}) => ({path, access, sha256: sha256(content.reveal())}))
  const release = {id: `${to}-0123456789ab`, version, files: listed}
  const situations = cluster.nodes.map(async node => {
    const asked = files.map(({path}) => path)
    const observed = await observeNode({cluster, node}, ports, {files: asked, probes: ['health']})
    return situationOf({node, wish: {release, files}, observed, views})
  })
  return planChanges({
    cluster,
    verb,
    situations: await Promise.all(situations),
    balancerFiles: [],
    schema: {there: true, newest: world.schema.newest, scoped: rowsIn(world.schema.scoped)},
  })
}
