import {grafanaLog} from '../checks/grafana-log.ts'
import {grafanaLogin} from '../checks/grafana-login.ts'
import type {NodeObservation, Trial} from '../facts/node-observation.ts'
import {observeNode} from '../facts/observe-node.ts'
import type {Node} from '../model/node.ts'
import type {Release} from '../model/release.ts'
import {type FileChange, nodesOf} from '../plan/plan.ts'
import {healthOf} from './health-of.ts'
import {matesOf} from './may-it-go.ts'
import {processOf} from './process-of.ts'
import type {Run} from './run.ts'

interface Polled {
  readonly run: Run
  readonly node: Node
  /** Whose files are looked at. */
  readonly release: Release
}

interface Wanted {
  readonly checks: readonly string[]
  /** The process of the look before, at which nothing was wrong. */
  readonly expected: string | undefined
}

interface Poll {
  /** When Grafana had told of its health: what else was asked does not make the next look later. */
  readonly answeredAt: number
  readonly seen: NodeObservation
  readonly others: readonly NodeObservation[]
}

/** The node itself in full, and the others' place in the mesh: whoever leaves or joins changes all positions. */
export async function pollNode({run, node, release}: Polled, {checks, expected}: Wanted): Promise<Poll> {
  const peers = run.cluster.nodes.filter(({name}) => name !== node.name)
  const [{health, answeredAt}, facts, early, ...others] = await Promise.all([
    healthNow(run, node),
    observeNode({cluster: run.cluster, node}, run.ports, {
      files: release.files.map(({path}) => path),
      probes: ['metrics', 'settings'],
      gate: run.trials.admin,
      log: checks.includes(grafanaLog.id),
    }),
    expected !== undefined && checks.includes(grafanaLogin.id)
      ? tryOn({run, node}, expected).catch(() => undefined)
      : undefined,
    ...peers.map(peer => observeNode({cluster: run.cluster, node: peer}, run.ports, {files: [], probes: ['metrics']})),
  ])
  const seen = {...facts, health}
  const trial = early ?? (await firstTrial({run, node, seen}, checks))
  const [tried, ...heard] = [trial ? {...seen, trial} : seen, ...others].map(each => run.trials.withMeshBefore(each))
  return {seen: tried ?? seen, others: heard, answeredAt}
}

async function healthNow(run: Run, node: Node) {
  const health = await healthOf(run, node)
  return {health, answeredAt: run.ports.clock.now()}
}

/** What only an answering Grafana can be asked for, and is not asked while something plainer is wrong. */
async function firstTrial(
  {run, node, seen}: Pick<Polled, 'run' | 'node'> & {readonly seen: NodeObservation},
  checks: readonly string[],
): Promise<Trial | undefined> {
  const answers = seen.health.known && seen.health.value.status === 200
  return checks.includes(grafanaLogin.id) && answers ? tryOn({run, node}, processOf(seen) ?? '') : undefined
}

function tryOn({run, node}: Pick<Polled, 'run' | 'node'>, process: string): Promise<Trial> {
  const tried = {node, process, mates: matesOf(run.plan, node)}
  return run.trials.tryOn({
    ...tried,
    changesDataSources: changesDataSources(run, node),
    removesPlugins: removesPlugins(run, node),
  })
}

function removesPlugins(run: Run, node: Node): readonly string[] {
  return changesOn(run, node).flatMap(({change, plugin}) => (change === 'remove' && plugin ? [plugin.id] : []))
}

function changesOn({plan}: Run, {name}: Node): readonly FileChange[] {
  return nodesOf(plan).flatMap(each => (each.node === name ? each.changes : []))
}

function changesDataSources(run: Run, node: Node): boolean {
  const {paths} = node
  return changesOn(run, node).some(({path}) => path.startsWith(`${paths.provisioning}/datasources/`))
}
