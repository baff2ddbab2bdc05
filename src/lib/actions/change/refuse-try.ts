import {GhaError} from '../../errors/gha-error.ts'
import {runsMixed} from '../../grafana/version-steps.ts'
import type {Staged} from '../../host/stage.ts'
import {given} from '../../model/given.ts'
import {hasStep, nodesOf, type Plan} from '../../plan/plan.ts'
import type {ChangeRequest} from './change-request.ts'

/** Over a migration that had the database alone nothing goes back by itself. @throws GhaError `TRY_UNSUPPORTED` */
export function refuseTry(plan: Plan, tries: ChangeRequest['tries']): void {
  const {step} = plan
  if (!tries) return
  if (!runsMixed(step)) throw unsupported(`going back over this step is a restore: ${step.reason}`)
  if (!nodesOf(plan).some(each => hasStep(each, 'activate'))) throw unsupported('no node gets another release')
}

/** Before the first drain: each of them must have something to go back to. @throws GhaError `TRY_UNSUPPORTED` */
export function refuseNoWayBack(staged: ReadonlyMap<string, Staged>, tries: ChangeRequest['tries']): void {
  const stuck = [...staged].find(
    ([, {previous, wayBack, overMigration}]) => previous === undefined || !wayBack || overMigration,
  )
  if (tries && stuck)
    throw unsupported('there is no release to go back to, or its package cannot be had any more', stuck[0])
}

function unsupported(why: string, node?: string): GhaError {
  return new GhaError(`it cannot be tried: ${why}`, {
    code: 'TRY_UNSUPPORTED',
    exit: 'unsupported',
    ...given({node}),
    unchanged: 'No Grafana was touched.',
    hint: 'Run the command without `--try`.',
  })
}
