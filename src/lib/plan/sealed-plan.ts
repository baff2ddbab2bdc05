import {given} from '../model/given.ts'
import {parsedObject} from '../model/parsed-object.ts'
import {fingerprint, type Secret} from '../model/secret.ts'
import {SAVED_PLAN_FORMAT, SAVED_PLAN_TYPE, type SavedPlan} from './saved-plan.ts'

/** The text of the file: whoever edits it breaks its seal. */
export function sealedPlan(key: Secret, plan: SavedPlan): string {
  return `${JSON.stringify({...plan, options: given(plan.options), seal: sealOf(key, plan)}, null, 2)}\n`
}

/** `reason` is half a sentence about the file. */
export type OpenedPlan =
  | {readonly status: 'opened'; readonly plan: SavedPlan}
  | {readonly status: 'refused'; readonly reason: string}

export function openSealedPlan(
  text: string,
  {key, cluster}: {readonly key: Secret; readonly cluster: string},
): OpenedPlan {
  const found = parsedObject(text)
  if (found?.['type'] !== SAVED_PLAN_TYPE) return refused('is no plan that `gha plan --out` saved')
  const {schemaVersion, cluster: other} = found
  if (schemaVersion !== SAVED_PLAN_FORMAT)
    return refused(`was saved by another version of gha (format ${String(schemaVersion)}, not ${SAVED_PLAN_FORMAT})`)
  if (other !== cluster) return refused(`is a plan for the cluster ${String(other)}, not for ${cluster}`)
  const {seal, ...rest} = found
  const plan = rest as unknown as SavedPlan
  if (seal !== sealOf(key, plan)) return refused('was changed after it was saved, or saved with another secret key')
  return {status: 'opened', plan}
}

/** Whether a file may be overwritten with a plan. */
export function looksLikePlan(text: string): boolean {
  return parsedObject(text)?.['type'] === SAVED_PLAN_TYPE
}

function sealOf(key: Secret, plan: SavedPlan): string {
  return fingerprint(key, `plan\0${JSON.stringify({...plan, options: given(plan.options)})}`)
}

function refused(reason: string): OpenedPlan {
  return {status: 'refused', reason}
}
