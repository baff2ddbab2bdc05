import {GhaError} from '../../errors/gha-error.ts'
import {movedSince} from '../../plan/moved-since.ts'
import type {Ports} from '../../ports/ports.ts'
import type {ChangeRequest} from './change-request.ts'
import {planToSave} from './saved-plan-file.ts'
import type {Survey} from './survey.ts'

/** A saved plan is carried out as it was saved, or not at all. @throws GhaError `PLAN_STALE` with what has moved */
export async function refuseStale(
  {cluster, saved}: Pick<ChangeRequest, 'cluster' | 'saved'>,
  ports: Ports,
  survey: Survey,
): Promise<void> {
  if (!saved) return
  const moved = movedSince(saved, await planToSave({cluster, survey, options: saved.options}, ports))
  if (moved.length === 0) return
  throw new GhaError(`the saved plan does not hold any more: ${moved.join('; ')}`, {
    code: 'PLAN_STALE',
    exit: 'preflight',
    unchanged: 'Nothing was changed.',
    hint: 'Save a new plan with `gha plan --out FILE`, and look at it.',
  })
}
