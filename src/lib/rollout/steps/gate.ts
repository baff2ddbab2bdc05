import {judgeAll, needsAttention} from '../../checks/judge-all.ts'
import {CHECKS} from '../../checks/registry.ts'
import {GhaError} from '../../errors/gha-error.ts'
import {AdminGate} from '../../facts/effective-settings.ts'
import type {NodeObservation} from '../../facts/node-observation.ts'
import {observeNode} from '../../facts/observe-node.ts'
import type {Node} from '../../model/node.ts'
import {unknown} from '../../model/observation.ts'
import type {Release} from '../../model/release.ts'
import type {Run} from '../run.ts'
import {isNotRelease, processOf} from '../truth.ts'
import type {StepExecutor, StepOf} from './step.ts'

/** `/api/health` repeats an answer for 5 s: polls nearer than that would count one answer twice. */
const POLL_MILLISECONDS = 5200
const POLLS_IN_A_ROW = 3
/** While the node is not healthy yet there is nothing to count, so look more often. */
const IMPATIENT_MILLISECONDS = 700

export const gate: StepExecutor<'gate'> = {
  describe: ({healthySeconds, deadlineSeconds}) =>
    `healthy within ${deadlineSeconds} s${healthySeconds > 0 ? `, and for ${healthySeconds} s` : ''}`,
  apply: ({run, node, plan}, step) => untilHealthy({run, node, release: plan.release}, step),
}

export interface Gated {
  readonly run: Run
  readonly node: Node
  readonly release: Release
}

type Gate = Omit<StepOf<'gate'>, 'kind'>

/** Looks in a row at which nothing was wrong, with one and the same process. */
interface Streak {
  readonly process: string | undefined
  readonly since: number
  readonly polls: number
}

/**
 * Waits until the node was healthy at several polls in a row, by one and the same process, over the whole time asked for.
 * @throws GhaError `NOT_HEALTHY` with what was wrong at the last look
 */
export async function untilHealthy(gated: Gated, {checks, healthySeconds, deadlineSeconds}: Gate): Promise<string> {
  const {node} = gated
  const {clock} = gated.run.ports
  const started = clock.now()
  let streak: Streak | undefined
  for (;;) {
    const {seen, others} = await poll(gated)
    const process = processOf(seen)
    const wrong = [
      ...isNotRelease(gated.release, seen),
      ...findings(gated, {nodes: [seen, ...others], checks}),
      ...restarted(streak, process),
    ]
    const now = clock.now()
    if (wrong.length > 0) {
      streak = undefined
      if (now - started > deadlineSeconds * 1000) throw notHealthy(node, wrong, deadlineSeconds)
      await clock.sleep(IMPATIENT_MILLISECONDS)
      continue
    }
    streak = streak ? {...streak, polls: streak.polls + 1} : {process, since: now, polls: 1}
    if (streak.polls >= POLLS_IN_A_ROW && now - streak.since >= healthySeconds * 1000) {
      return `healthy at ${streak.polls} looks over ${Math.round((now - streak.since) / 1000)} s`
    }
    await clock.sleep(POLL_MILLISECONDS)
  }
}

/** A process that dies and is started again can look well at every look. */
function restarted(streak: Streak | undefined, process: string | undefined): readonly string[] {
  return streak && streak.process !== process ? ['Grafana was started again since the look before'] : []
}

interface Poll {
  readonly seen: NodeObservation
  readonly others: readonly NodeObservation[]
}

/** The node itself in full, and the others' place in the mesh: whoever leaves or joins changes all positions. */
async function poll({run, node, release}: Gated): Promise<Poll> {
  const peers = run.cluster.nodes.filter(({name}) => name !== node.name)
  const [seen, ...others] = await Promise.all([
    observeNode({cluster: run.cluster, node}, run.ports, {
      files: release.files.map(({path}) => path),
      probes: ['health', 'metrics', 'settings'],
      gate: new AdminGate(),
    }),
    ...peers.map(peer => observeNode({cluster: run.cluster, node: peer}, run.ports, {files: [], probes: ['metrics']})),
  ])
  return {seen, others}
}

interface Judging {
  readonly nodes: readonly NodeObservation[]
  readonly checks: readonly string[]
}

function findings({run, node}: Gated, {nodes, checks}: Judging): readonly string[] {
  const {cluster, wishes, ports} = run
  const observation = {at: ports.clock.now(), nodes, balancer: unknown('not asked')}
  return judgeAll(
    {cluster, observation, wishes},
    CHECKS.filter(({id}) => checks.includes(id)),
  )
    .filter(finding => needsAttention(finding) && finding.node === node.name)
    .map(({check, detail}) => `${check}: ${detail}`)
}

function notHealthy(node: Node, wrong: readonly string[], seconds: number): GhaError {
  return new GhaError(`not healthy within ${seconds} s: ${wrong.join('; ')}`, {
    code: 'NOT_HEALTHY',
    exit: 'partial',
    node: node.name,
    step: 'gate',
    hint: `Read Grafana's log on ${node.name}${logOf(node)}, then run the command again.`,
  })
}

function logOf({service}: Node): string {
  return service.manager === 'systemd' ? ` with \`journalctl -u ${service.unit} -n 100\`` : ''
}
