import {isEmpty, type Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {type ActResult, act} from './act.ts'
import type {ChangeRequest} from './change-request.ts'
import {differencesOf} from './differences.ts'
import {lockCluster} from './lock-cluster.ts'
import {
  refuseForeign,
  refuseLoss,
  refuseMoved,
  refuseNoDatabase,
  refuseUnsupported,
  refuseVersionStep,
} from './refusals.ts'
import {refuseLivingSkipped, refuseUndrainable} from './refuse-balancer.ts'
import {filesIn, survey} from './survey.ts'
import {writeVersion} from './write-version.ts'

export type ChangeResult = {readonly result: 'as-wished' | 'planned' | 'declined'; readonly plan: Plan} | ActResult

/** observe → plan → act → verify: only the last observation may say that it is done. */
export async function changeCluster(request: ChangeRequest, ports: Ports): Promise<ChangeResult> {
  const {cluster} = request
  refuseUnsupported(cluster)
  await refuseLivingSkipped(cluster, ports)
  const first = await survey(cluster, ports, request)
  const {plan} = first
  if (isEmpty(plan)) {
    if (!request.dryRun) await writeVersion(request, ports)
    return {result: 'as-wished', plan}
  }
  refuseVersionStep(plan)
  refuseNoDatabase(first.observation, plan)
  await refuseUndrainable(cluster, ports, first)
  const differences = await differencesOf(cluster, ports, {
    plan,
    filesOf: filesIn(first),
    balancerFiles: first.balancerFiles,
  })
  if (request.dryRun) {
    await request.confirm(plan, differences)
    return {result: 'planned', plan}
  }
  refuseForeign(plan, request.takeOver)
  refuseLoss(cluster, plan, request.acceptLoss)
  if (!(await request.confirm(plan, differences))) return {result: 'declined', plan}
  const lock = await lockCluster(request, ports, first.observation)
  try {
    const second = await survey(cluster, ports, request)
    if (isEmpty(second.plan)) return {result: 'as-wished', plan: second.plan}
    refuseMoved(plan, second.plan)
    if (request.stopRequested()) return {result: 'declined', plan}
    return await act(request, ports, {lock, survey: second})
  } finally {
    await lock.release()
  }
}
