import type {ClusterObservation} from '../../facts/observe.ts'
import {given} from '../../model/given.ts'
import {expectedTime} from '../../plan/expected-time.ts'
import {isEmpty} from '../../plan/plan.ts'
import type {Identity} from '../../ports/local.ts'
import type {Ports} from '../../ports/ports.ts'
import {rehearseBackup} from '../backup/rehearse-backup.ts'
import {pastRuns} from '../past-runs.ts'
import type {ChangeRequest} from './change-request.ts'
import {consentsFor} from './consents.ts'
import {differencesOf} from './differences.ts'
import {livingLock} from './living-lock.ts'
import {lockCautions} from './lock-cautions.ts'
import {chooseLookout, type Lookout} from './lookout.ts'
import type {PlanView} from './plan-view.ts'
import {refuseUnsupported, refuseVersionStep} from './refusals.ts'
import {refuseLivingSkipped, refuseUndrainable} from './refuse-balancer.ts'
import {refuseDrained} from './refuse-drained.ts'
import {refuseForeignContainers} from './refuse-foreign-containers.ts'
import {refuseNoDatabase} from './refuse-no-database.ts'
import {refuseNotBrought} from './refuse-not-brought.ts'
import {refuseOtherEdition} from './refuse-other-edition.ts'
import {refuseStale} from './refuse-stale.ts'
import {refuseTry} from './refuse-try.ts'
import {shownHooks} from './shown-hooks.ts'
import {filesIn, type Survey} from './survey.ts'
import {type SurveyRequest, surveyFree} from './survey-free.ts'
import {lockedTables} from './table-sizes.ts'

/** Older ones tell of other machines and other sizes. */
const TELLING_RUNS = 20

export type PreviewRequest = SurveyRequest & Pick<ChangeRequest, 'saved' | 'tries'>

export interface Preview {
  readonly survey: Survey
  readonly view: PlanView
  readonly lookout: Lookout
}

/**
 * Looks at the cluster and plans, and refuses what no consent of the operator makes possible. Changes nothing.
 * @throws GhaError when something cannot be seen, or the plan cannot be carried out
 */
export async function preview(request: PreviewRequest, ports: Ports): Promise<Preview> {
  const {cluster} = request
  refuseUnsupported(cluster)
  await refuseLivingSkipped(cluster, ports)
  const seen = await surveyFree(request, ports)
  refuseOtherEdition(cluster, seen.observation)
  await refuseStale(request, ports, seen)
  if (isEmpty(seen.plan))
    return {survey: seen, view: {plan: seen.plan, differences: [], needs: [], hooks: []}, lookout: {kind: 'needless'}}
  refuseVersionStep(seen.plan, request.limit)
  refuseTry(seen.plan, request.tries)
  refuseNoDatabase(seen.observation, seen.plan)
  refuseForeignContainers(seen.observation, seen.plan)
  refuseNotBrought(cluster, seen.observation, seen.plan)
  refuseDrained(seen)
  await refuseUndrainable(cluster, ports, {...seen, claim: request.claim})
  await rehearseBackup(cluster, ports, seen.plan)
  const lookout = await chooseLookout(cluster, ports, seen.plan)
  const view = await viewOf(cluster, ports, {seen, lookout})
  return {survey: seen, view: {...view, ...given({triesSeconds: request.tries?.seconds})}, lookout}
}

interface Known {
  readonly seen: Survey
  readonly lookout: Lookout
}

async function viewOf(cluster: ChangeRequest['cluster'], ports: Ports, {seen, lookout}: Known): Promise<PlanView> {
  const {plan, balancerFiles} = seen
  const [differences, journals, tables] = await Promise.all([
    differencesOf(cluster, ports, {plan, filesOf: filesIn(seen), balancerFiles}),
    pastRuns(cluster, ports.files, TELLING_RUNS),
    lockedTables(cluster, ports, plan),
  ])
  const expected = expectedTime(plan, journals)
  const needs = [...consentsFor(cluster, plan), ...(lookout.kind === 'unreachable' ? ['--no-probe'] : [])]
  const watch = lookout.kind === 'needless' ? undefined : lookout.words
  const cautions = [...runUnderWay(seen.observation, ports.identity), ...lockCautions(seen.observation, plan)]
  return {plan, differences, needs, cautions, hooks: shownHooks(cluster), ...given({expected, tables, watch})}
}

/** Whoever goes ahead was refused: this is for who only looks. */
function runUnderWay(observation: ClusterObservation, identity: Identity): readonly string[] {
  const lock = livingLock(observation, identity)
  if (!lock) return []
  const {owner, hostname, reason} = lock.holder
  return [
    `a run of ${owner}@${hostname} is under way for: ${reason}; the plan counts what it has in its hands as left behind`,
  ]
}
