import {given} from '../../model/given.ts'
import type {Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import type {Vantage} from '../../probe/vantage.ts'
import {Watch} from '../../probe/watch.ts'
import {codeOf, type EndedRun, type ReportedUsers, reportedNode, runReport} from '../../report/run-report.ts'
import {RunSoFar} from '../../rollout/run-so-far.ts'
import {type TimedStep, Timeline} from '../../rollout/timeline.ts'
import type {ActResult} from './act.ts'
import type {ChangeRequest} from './change-request.ts'
import {isJudged} from './lookout.ts'

/** What happened when, and what users got meanwhile. */
export interface Sights {
  readonly timeline: readonly TimedStep[]
  /** Undefined where nobody watched. */
  readonly users?: ReportedUsers
}

interface Watched {
  readonly plan: Plan
  readonly vantage: Vantage | undefined
}

interface WatchedWork extends Watched {
  readonly work: (request: ChangeRequest, watch: Watch | undefined) => Promise<ActResult>
}

/** Does the work while users are watched, and tells what they got; on record it is however the run ends. */
export async function watchUsers(
  request: ChangeRequest,
  ports: Ports,
  {plan, vantage, work}: WatchedWork,
): Promise<ActResult & {readonly sights: Sights}> {
  const timeline = new Timeline(ports.clock.now)
  const soFar = new RunSoFar()
  const started = ports.clock.now()
  const watch = vantage && startWatch(request, ports, {plan, vantage})
  const sightsAtEnd = async (): Promise<Sights> => {
    const availability = await watch?.stop()
    const users = watch && vantage && availability && {where: vantage.words, availability, ...seenBy(watch)}
    return {timeline: timeline.steps, ...given({users})}
  }
  const record = (ended: EndedRun) => request.record?.(runReport(plan, request.calledFor, ended))
  const progress: ChangeRequest['progress'] = event => {
    timeline.heard(event)
    soFar.heard(event)
    if (event.type === 'step-started' && event.step !== 'stage') watch?.begin()
    request.progress(event)
  }
  try {
    const result = await work({...request, progress}, watch)
    const last = timeline.steps.at(-1)
    if (last) watch?.endedAt(last.to)
    const sights = await sightsAtEnd()
    record(endedRun(result, sights))
    return {...result, sights}
  } catch (error) {
    const sights = await sightsAtEnd()
    const {run, nodes} = soFar
    const milliseconds = ports.clock.now() - started
    if (run !== undefined) record({run, result: 'failed', error: codeOf(error), milliseconds, nodes, ...sights})
    throw error
  }
}

function seenBy({samples, bounds}: Watch): Pick<ReportedUsers, 'samples' | 'bounds'> {
  return {samples, bounds}
}

function endedRun({run, result, milliseconds, nodes, tried}: ActResult, sights: Sights): EndedRun {
  const trial = tried && (tried.kept ? ('kept' as const) : ('undone' as const))
  return {run, result, milliseconds, nodes: nodes.map(reportedNode), ...sights, ...given({trial})}
}

function startWatch({cluster, progress}: ChangeRequest, {clock}: Ports, watched: Required<Watched>): Watch | undefined {
  const {rollout, grafana} = cluster
  const {plan, vantage} = watched
  if (!rollout.probe || !vantage) return undefined
  const {errorBudget, intervalMilliseconds} = rollout.probe
  return new Watch({
    vantage,
    clock,
    intervalMilliseconds,
    ...(isJudged(cluster, plan) ? {errorBudget} : {}),
    ...(grafana.admin ? {admin: grafana.admin} : {}),
    say: text => progress({type: 'note', text}),
  })
}
