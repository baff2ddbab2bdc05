import type {NodeWish} from '../../checks/check.ts'
import {samplePath} from '../../facts/foreign-file.ts'
import {type ClusterObservation, observe} from '../../facts/observe.ts'
import {readFiles} from '../../host/read-files.ts'
import type {Cluster} from '../../model/cluster.ts'
import {sha256} from '../../model/digest.ts'
import {given} from '../../model/given.ts'
import {balancerHosts} from '../../model/load-balancer.ts'
import {rowsIn} from '../../model/migration-log.ts'
import type {Node} from '../../model/node.ts'
import {known} from '../../model/observation.ts'
import type {BalancerFilePlan, Plan} from '../../plan/plan.ts'
import {planChanges} from '../../plan/plan-changes.ts'
import type {Schema} from '../../plan/question.ts'
import {type Situation, situationOf} from '../../plan/situation.ts'
import {type Wish, wishOf} from '../../plan/wish.ts'
import type {Ports} from '../../ports/ports.ts'
import {renderBalancer} from '../../render/render-balancer.ts'
import type {RenderedFile} from '../../render/rendered-file.ts'
import {tamperedWith} from '../../render/sealed-text.ts'
import {nodeWishes, type Rendered, renderAll, type WishBasis} from '../node-wishes.ts'
import {pluginsFor} from '../plugins-for.ts'
import type {ChangeRequest} from './change-request.ts'
import {refuseUnknown, refuseUnseenPlugins} from './refusals.ts'
import {silentHost} from './silent-balancer.ts'
import type {WayBack} from './way-back.ts'

/** The wish, what is seen, and the plan between them. */
export interface Survey {
  readonly wishes: ReadonlyMap<string, Wish>
  readonly nodeWishes: ReadonlyMap<string, NodeWish>
  readonly balancerFiles: readonly RenderedFile[]
  readonly observation: ClusterObservation
  readonly situations: readonly Situation[]
  readonly plan: Plan
}

/** @throws GhaError when a node or the balancer cannot be seen */
export async function survey(
  cluster: Cluster,
  ports: Ports,
  {verb, material, limit, back}: Pick<ChangeRequest, 'verb' | 'material' | 'limit' | 'back'>,
): Promise<Survey> {
  const rendered = renderAll(cluster, material)
  const balancerFiles = back ? [] : renderBalancer(cluster)
  const observation = await observe(cluster, ports, {
    filesOf: node => [...filesAsked(node, rendered, back), samplePath(node)],
    plugins: pluginsAsked(cluster, back),
    probes: ['health', 'database'],
  })
  const filePlans = await planBalancerFiles(cluster, ports, balancerFiles)
  refuseUnknown(cluster, balancerComesLater(verb, filePlans) ? {...observation, balancer: known([])} : observation)
  refuseUnseenPlugins(observation)
  const wishes = back?.wishes ?? wishesFor(cluster, {material, rendered, observation})
  const views = observation.balancer.known ? observation.balancer.value : []
  const situations = cluster.nodes.flatMap(node => {
    const wish = wishes.get(node.name)
    const observed = observation.nodes.find(candidate => candidate.node === node.name)
    return wish && observed ? [situationOf({node, wish, observed, views})] : []
  })
  const plan = planChanges({
    cluster,
    verb,
    situations,
    balancerFiles: filePlans,
    schema: schemaOf(observation),
    ...(limit ? {limit} : {}),
    ...(back ? {step: back.step} : {}),
  })
  const judged = nodeWishes(cluster, {material, rendered, observation})
  return {wishes, nodeWishes: back ? wishesBefore(back, judged) : judged, balancerFiles, observation, situations, plan}
}

function filesAsked({name}: Node, rendered: Rendered, back: WayBack | undefined): readonly string[] {
  const files = back ? (back.wishes.get(name)?.files ?? []) : (rendered.get(name) ?? [])
  return files.map(({path}) => path)
}

/** What the nodes' own releases brought is looked at besides. */
function pluginsAsked({grafana}: Cluster, back: WayBack | undefined): readonly string[] {
  const before = [...(back?.wishes.values() ?? [])].flatMap(({release}) => release.plugins ?? [])
  return [...new Set([...grafana.plugins, ...before].map(({id}) => id))]
}

function wishesFor(cluster: Cluster, {material, rendered, observation}: WishBasis): ReadonlyMap<string, Wish> {
  return new Map(
    cluster.nodes.map(node => {
      const seen = observation.nodes.find(({node: name}) => name === node.name)
      const plugins = pluginsFor(node, seen, material)
      return [node.name, wishOf(cluster, rendered.get(node.name) ?? [], plugins)]
    }),
  )
}

/** Of an older gha.yaml only the files are known; its settings are judged where they are still today's. */
function wishesBefore({wishes}: WayBack, now: ReadonlyMap<string, NodeWish>): ReadonlyMap<string, NodeWish> {
  return new Map(
    [...wishes].map(([name, {release, files}]) => {
      const today = now.get(name)
      const [config] = release.files
      const same = today?.files.some(({path, sha256}) => path === config?.path && sha256 === config?.sha256)
      const kept = release.files.map(({path, sha256}, place) => ({
        path,
        sha256,
        restart: files[place]?.restart ?? true,
      }))
      const {plugins} = release
      return [name, {settings: same && today ? today.settings : {}, files: kept, fingerprint: '', ...given({plugins})}]
    }),
  )
}

/** A node's wished files, by its name. */
export function filesIn({wishes}: Survey) {
  return (node: string) => wishes.get(node)?.files ?? []
}

/** Where gha sets the balancer up, there is nothing to ask yet. */
function balancerComesLater(verb: Plan['verb'], filePlans: readonly BalancerFilePlan[]): boolean {
  return verb === 'apply' && filePlans.length > 0
}

function schemaOf({nodes}: ClusterObservation): Schema {
  for (const {database} of nodes) {
    if (!database.known || database.value.outcome !== 'answered' || database.value.content !== 'grafana') continue
    const {newestMigration: newest, scopedLogs} = database.value
    return {there: true, newest, scoped: rowsIn(scopedLogs)}
  }
  return {there: false}
}

async function planBalancerFiles(
  {name: cluster, loadBalancer}: Cluster,
  ports: Ports,
  files: readonly RenderedFile[],
): Promise<readonly BalancerFilePlan[]> {
  if (files.length === 0) return []
  const perHost = balancerHosts(loadBalancer).map(async ({name, ssh}) => {
    const read = async () => (await ports.hosts.connect(name, ssh)).run(readFiles(files.map(({path}) => path)))
    const live = await read().catch(error => {
      throw silentHost(loadBalancer, name, error)
    })
    return files.flatMap(file => planBalancerFile({balancer: name, cluster}, file, live.get(file.path)))
  })
  return (await Promise.all(perHost)).flat()
}

function planBalancerFile(
  {balancer, cluster}: {readonly balancer: string; readonly cluster: string},
  {path, content}: RenderedFile,
  live: string | undefined,
): readonly BalancerFilePlan[] {
  if (live === undefined) return [{balancer, path, change: 'create'}]
  if (live === content.reveal()) return []
  const tampered = tamperedWith(live, cluster)
  return [
    {
      balancer,
      path,
      change: 'update',
      seen: sha256(live),
      ...(tampered ? {foreign: tampered.how} : {}),
      ...(tampered?.how === 'of-another-cluster' ? {owner: tampered.owner} : {}),
    },
  ]
}
