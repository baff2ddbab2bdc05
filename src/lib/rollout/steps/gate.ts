import {judgeAll, needsAttention} from '../../checks/judge-all.ts'
import {meshMembers} from '../../checks/mesh-members.ts'
import {meshMessages} from '../../checks/mesh-messages.ts'
import {CHECKS} from '../../checks/registry.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {NodeObservation} from '../../facts/node-observation.ts'
import {observeNode} from '../../facts/observe-node.ts'
import {previousContainer} from '../../host/docker/functions.ts'
import type {Node} from '../../model/node.ts'
import {unknown} from '../../model/observation.ts'
import type {Release} from '../../model/release.ts'
import {hasStep} from '../../plan/plan.ts'
import {contradictions} from '../contradictions.ts'
import {holdsBudget} from '../holds-budget.ts'
import {matesOf} from '../may-it-go.ts'
import {MigrationWatch} from '../migration-watch.ts'
import {pollNode} from '../poll-node.ts'
import {processOf} from '../process-of.ts'
import type {Run, Turn} from '../run.ts'
import {SignsOfLife} from '../signs-of-life.ts'
import type {StepExecutor, StepOf} from './step.ts'

/** `/api/health` repeats an answer for 5 s: asked again sooner after it came, it would count one answer twice. */
const APART_MILLISECONDS = 5050
const POLLS_IN_A_ROW = 3
/** While the node is not healthy yet there is nothing to count, so look more often. */
const IMPATIENT_MILLISECONDS = 700
/** A Grafana whose migration failed is tried again by its manager; where that comes to nothing either, somebody must look. */
const FAILED_SECONDS = 30

export const gate: StepExecutor<'gate'> = {
  describe: ({healthySeconds, deadlineSeconds, atOnce}) =>
    `healthy within ${deadlineSeconds} s${healthySeconds > 0 ? `, and for ${healthySeconds} s` : ''}${atOnce ? ', and back at once' : ''}`,
  apply: (turn, step) => {
    const {run, node, plan} = turn
    const migration = run.plan.step.kind === 'none' ? undefined : watchMigration(turn, step)
    // Nobody goes back over a failed migration, so that it failed is what must be said.
    const beforeEachLook = () => {
      if (migration?.failed === undefined) holdsBudget(run, node, 'gate')
    }
    return untilHealthy({run, node, release: plan.release, beforeEachLook, ...(migration ? {migration} : {})}, step)
  },
}

function watchMigration({run, node, plan}: Turn, {deadlineSeconds}: StepOf<'gate'>): MigrationWatch {
  const [seconds = deadlineSeconds] = plan.steps.flatMap(step =>
    step.kind === 'activate' || step.kind === 'rearm' ? [step.seconds] : [],
  )
  const deadMan = hasStep(plan, 'activate') ? 'waits' : 'unknown'
  return new MigrationWatch({run, node, version: plan.release.version, seconds, deadMan})
}

/** A mesh is right when every member says so. */
const ABOUT_ALL: ReadonlySet<string> = new Set([meshMembers.id, meshMessages.id])

export interface Gated {
  readonly run: Run
  readonly node: Node
  readonly release: Release
  /** What it throws ends the wait. */
  readonly beforeEachLook?: () => void
  /** Set where the new version may migrate. */
  readonly migration?: MigrationWatch
  /** The shorter deadline where Grafana ends again and again, or is not there at all. */
  readonly endedSeconds?: number
}

type Gate = Omit<StepOf<'gate'>, 'kind'>

/** Looks in a row at which nothing was wrong, with one and the same process. */
interface Streak {
  readonly process: string | undefined
  /** When Grafana had told for the first time that it is healthy: what else was asked took its time. */
  readonly since: number
  readonly polls: number
}

/**
 * Waits until the node was healthy at several polls in a row, by one and the same process, over the whole time asked for.
 * @throws GhaError `NOT_HEALTHY` with what was wrong at the last look, `MIGRATION_FAILED` where Grafana said so meanwhile
 */
export async function untilHealthy(gated: Gated, step: Gate): Promise<string> {
  const {checks, deadlineSeconds} = step
  const {clock} = gated.run.ports
  const life = new SignsOfLife()
  const begun = clock.now()
  let started = begun
  let streak: Streak | undefined
  for (;;) {
    gated.beforeEachLook?.()
    const {seen, others, answeredAt} = await pollNode(gated, {checks, expected: streak?.process})
    await gated.migration?.heed(seen)
    const process = processOf(seen)
    const wrong = [
      ...contradictions(gated.release, seen),
      ...findings(gated, {nodes: [seen, ...others], checks}),
      ...restarted(streak, process),
    ]
    const now = clock.now()
    if (wrong.length > 0) {
      streak = undefined
      if (await isHeldUp(gated, {process, seconds: (now - begun) / 1000, deadlineSeconds})) started = now
      const seconds = patienceWith(gated, {deadlineSeconds, ended: !life.seenIn(seen)})
      if (now - started > seconds * 1000) throw notHealthy(gated, [...wrong, ...(await ofDatabase(gated))], seconds)
      await clock.sleep(IMPATIENT_MILLISECONDS)
      continue
    }
    streak = oneMore(streak, {process, answeredAt})
    if (isLongEnough(streak, step, now)) return inWords(streak, now)
    await clock.sleep(Math.max(0, answeredAt + APART_MILLISECONDS - now))
  }
}

function oneMore(
  {since, polls}: Partial<Streak> = {},
  {process, answeredAt}: {readonly process: string | undefined; readonly answeredAt: number},
): Streak {
  return {process, since: since ?? answeredAt, polls: (polls ?? 0) + 1}
}

function isLongEnough({polls, since}: Streak, {atOnce, healthySeconds}: Gate, now: number): boolean {
  return polls >= (atOnce ? 1 : POLLS_IN_A_ROW) && now - since >= healthySeconds * 1000
}

function inWords({polls, since}: Streak, now: number): string {
  return polls === 1 ? 'healthy' : `healthy at ${polls} looks over ${Math.round((now - since) / 1000)} s`
}

function patienceWith(
  {endedSeconds = Number.POSITIVE_INFINITY, migration}: Gated,
  {deadlineSeconds, ended}: {readonly deadlineSeconds: number; readonly ended: boolean},
): number {
  if (!ended) return deadlineSeconds
  return Math.min(deadlineSeconds, migration?.failed === undefined ? endedSeconds : FAILED_SECONDS)
}

/** The database may be why: a Grafana that waits for it answers nothing, or repeats what it said before. */
async function ofDatabase({run: {cluster, ports}, node}: Gated): Promise<readonly string[]> {
  const {database} = await observeNode({cluster, node}, ports, {files: [], probes: ['database']})
  if (!database.known) return []
  const report = database.value
  switch (report.outcome) {
    case 'answered':
      return report.migrationLockHeld ? ['somebody holds the migration lock in the database'] : []
    case 'unreachable':
      return [`the database cannot be reached from ${node.name}: ${report.message}`]
    default:
      return [`the database does not take its login: ${report.message}`]
  }
}

interface Waited {
  readonly process: string | undefined
  readonly seconds: number
  readonly deadlineSeconds: number
}

/** No deadline counts while Grafana migrates, nor while its mates are started, one by one: without them no mesh is whole. */
async function isHeldUp({run, node, migration}: Gated, {process, seconds, deadlineSeconds}: Waited): Promise<boolean> {
  const migrates = (await migration?.goesOn(process)) ?? false
  const mates = Math.max(0, matesOf(run.plan, node).size - 1)
  return migrates || (run.starts.busy && seconds <= mates * deadlineSeconds)
}

/** A process that dies and is started again can look well at every look. */
function restarted(streak: Streak | undefined, process: string | undefined): readonly string[] {
  return streak && streak.process !== process ? ['Grafana was started again since the look before'] : []
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
    .filter(finding => needsAttention(finding) && (finding.node === node.name || ABOUT_ALL.has(finding.check)))
    .map(({check, detail, node: where}) => `${check}: ${where === node.name ? '' : `${where}: `}${detail}`)
}

function notHealthy({node, migration}: Gated, wrong: readonly string[], seconds: number): GhaError {
  const failed = migration?.failed
  const all = failed === undefined ? wrong : [`its migration failed (${failed})`, ...wrong]
  return new GhaError(`not healthy within ${seconds} s: ${all.join('; ')}`, {
    code: failed === undefined ? 'NOT_HEALTHY' : 'MIGRATION_FAILED',
    exit: 'partial',
    node: node.name,
    step: 'gate',
    hint: `Read Grafana's log on ${node.name}${logOf(node)}, then run the command again.`,
  })
}

function logOf({service}: Node): string {
  switch (service.manager) {
    case 'systemd':
      return ` with \`journalctl -u ${service.unit} -n 100\``
    case 'docker':
      return ` with \`docker logs --tail 100 ${service.container}\`, or \`${previousContainer(service.container)}\` once it went back`
    case 'command':
      return ''
  }
}
