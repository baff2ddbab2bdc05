import {messageOf} from '../../errors/message-of.ts'
import {KEPT_RUNS} from '../../host/carry.ts'
import {type KeptRuns, readRuns} from '../../host/run-state.ts'
import type {Cluster} from '../../model/cluster.ts'
import {parseHolder} from '../../model/lease.ts'
import type {Node} from '../../model/node.ts'
import {newestRequest, parseRequest} from '../../model/run-request.ts'
import type {Identity} from '../../ports/local.ts'
import type {Ports} from '../../ports/ports.ts'
import {type NodeLock, newestLock, type RunsSeen} from '../../report/runs/runs-seen.ts'
import {mayLive} from '../../rollout/lock.ts'
import {runStories} from '../../rollout/run-stories.ts'
import {pastRuns} from '../past-runs.ts'

const ALL = Number.POSITIVE_INFINITY

/**
 * What every node that answers knows of runs, and the folder beside gha.yaml. Runs are named by the clocks of their machines:
 * the one that holds the lock need not be the newest by its name.
 */
export async function lookAtRuns(cluster: Cluster, ports: Ports, runs = ALL): Promise<RunsSeen> {
  const seen = await lookAt(cluster, ports, runs)
  const holder = newestLock(seen.locks)?.holder.run
  const isThere = holder === undefined || seen.stories.some(({run}) => run === holder)
  return isThere || runs === ALL ? seen : lookAt(cluster, ports, ALL)
}

async function lookAt(cluster: Cluster, ports: Ports, runs: number): Promise<RunsSeen> {
  const [nodes, local] = await Promise.all([
    Promise.all(cluster.nodes.map(async node => ({node: node.name, kept: await askNode(node, ports, runs)}))),
    pastRuns(cluster, ports.files, runs),
  ])
  const answers = nodes.flatMap(({node, kept}) => (kept instanceof Error ? [] : [{node, ...kept}]))
  const locks = answers.flatMap(answer => lockOf(answer, ports.identity))
  const request = newestRequest(
    answers.map(({request: text}) => parseRequest(text ?? '')),
    newestLock(locks)?.holder.run ?? '',
  )
  return {
    cluster: cluster.name,
    at: ports.clock.now(),
    stories: runStories([...local, ...answers.flatMap(({journals}) => journals)]).slice(0, runs),
    locks,
    ...(request ? {request} : {}),
    silent: nodes.flatMap(({node, kept}) => (kept instanceof Error ? [{node, reason: kept.message}] : [])),
  }
}

async function askNode(node: Node, ports: Ports, runs: number): Promise<KeptRuns | Error> {
  try {
    return await (await ports.hosts.connect(node.name, node.ssh)).run(
      readRuns(node.paths.state, Math.min(runs, KEPT_RUNS)),
    )
  } catch (error) {
    return new Error(messageOf(error))
  }
}

function lockOf({node, generation, lock}: KeptRuns & {readonly node: string}, here: Identity): readonly NodeLock[] {
  const holder = lock && parseHolder(lock.text)
  if (!holder) return []
  const {ageSeconds} = lock
  return [{node, holder, generation, ageSeconds, stale: !mayLive({holder, ageSeconds}, here)}]
}
