import type {Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import type {Vantage} from '../../probe/vantage.ts'
import {Watch} from '../../probe/watch.ts'
import type {ReportedUsers} from '../../report/run-report.ts'
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

/** Does the work while users are watched, and tells what they got. */
export async function watchUsers(
  request: ChangeRequest,
  ports: Ports,
  {plan, vantage, work}: WatchedWork,
): Promise<ActResult & {readonly sights: Sights}> {
  const timeline = new Timeline(ports.clock.now)
  const watch = vantage && startWatch(request, ports, {plan, vantage})
  try {
    const result = await work(
      {
        ...request,
        progress: event => {
          timeline.heard(event)
          if (event.type === 'step-started' && event.step !== 'stage') watch?.begin()
          request.progress(event)
        },
      },
      watch,
    )
    const last = timeline.steps.at(-1)
    if (last) watch?.endedAt(last.to)
    const {steps} = timeline
    if (!watch || !vantage) return {...result, sights: {timeline: steps}}
    const availability = await watch.stop()
    const {samples, bounds} = watch
    return {...result, sights: {timeline: steps, users: {where: vantage.words, availability, samples, bounds}}}
  } finally {
    await watch?.stop()
  }
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
