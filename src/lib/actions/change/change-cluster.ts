import {isEmpty, type Plan} from '../../plan/plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {callHook} from '../../rollout/call-hook.ts'
import {type ActResult, act} from './act.ts'
import type {ChangeRequest} from './change-request.ts'
import {clearDeadLock} from './clear-dead-lock.ts'
import {refuseForeign, refuseLoss} from './consents.ts'
import {lockCluster} from './lock-cluster.ts'
import {refuseUnwatched} from './lookout.ts'
import {notingHooks} from './noting-hooks.ts'
import {preview} from './preview.ts'
import {refuseMoved} from './refusals.ts'
import {refuseStale} from './refuse-stale.ts'
import {surveyHeld} from './survey-held.ts'
import {tellUnconfirmed} from './tell-unconfirmed.ts'
import {type Sights, watchUsers} from './watch-users.ts'
import {writeVersion} from './write-version.ts'

export type ChangeResult = {readonly calledFor: ChangeRequest['calledFor']} & (
  | {readonly result: 'as-wished' | 'planned' | 'declined'; readonly plan: Plan}
  | (ActResult & {
      readonly sights: Sights
      /** Hooks that failed and stopped nothing, in words. */
      readonly hooksFailed: readonly string[]
    })
)

/** observe → plan → act → verify: only the last observation may say that it is done. */
export async function changeCluster(asked: ChangeRequest, ports: Ports): Promise<ChangeResult> {
  const {request, failed: hooksFailed} = notingHooks(asked)
  const {cluster, calledFor} = request
  const {survey: first, view, lookout} = await preview(request.dryRun ? request : {...request, claim: request}, ports)
  const {plan} = view
  if (!request.dryRun) await callHook({...request, ports, plan}, {hook: 'postConnect'})
  if (isEmpty(plan)) {
    if (!request.dryRun) {
      await writeVersion(request, ports)
      await tellUnconfirmed(request, ports, first.observation)
      await clearDeadLock(request, ports, first.observation)
    }
    return {calledFor, result: 'as-wished', plan}
  }
  if (request.dryRun) {
    await request.confirm(view)
    return {calledFor, result: 'planned', plan}
  }
  await tellUnconfirmed(request, ports, first.observation)
  refuseForeign(plan, request.takeOver)
  refuseLoss(cluster, plan, {accepted: request.acceptLoss})
  refuseUnwatched(lookout)
  if (request.stopRequested() || !(await request.confirm(view))) return {calledFor, result: 'declined', plan}
  const lock = await lockCluster(request, ports, first.observation)
  try {
    const second = await surveyHeld(request, ports, lock)
    await refuseStale(request, ports, second)
    if (isEmpty(second.plan)) return {calledFor, result: 'as-wished', plan: second.plan}
    refuseMoved(plan, second.plan)
    if (request.stopRequested()) return {calledFor, result: 'declined', plan}
    const acted = await watchUsers(request, ports, {
      plan: second.plan,
      vantage: lookout.kind === 'found' ? lookout.vantage : undefined,
      work: (watched, watch) => act(watched, ports, {lock, survey: second, watch}),
    })
    return {...acted, calledFor, hooksFailed}
  } finally {
    await lock.release()
  }
}
