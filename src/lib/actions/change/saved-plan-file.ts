import {setVersion} from '../../config/set-version.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {Cluster} from '../../model/cluster.ts'
import {type PlanOptions, type SavedPlan, savedPlanOf} from '../../plan/saved-plan.ts'
import {looksLikePlan, openSealedPlan, sealedPlan} from '../../plan/sealed-plan.ts'
import type {Ports} from '../../ports/ports.ts'
import {inTheWay} from '../in-the-way.ts'
import type {Survey} from './survey.ts'

export interface Savable {
  readonly cluster: Cluster
  readonly options: PlanOptions
  readonly survey: Survey
}

/** Only for its owner. @throws GhaError `PLAN_FILE_INVALID` when something else than a plan stands there */
export async function writeSavedPlan(
  file: string,
  savable: Savable,
  ports: Pick<Ports, 'files' | 'clock'>,
): Promise<void> {
  const obstacle = await inTheWay(file, ports.files, {what: 'plan', isOurs: looksLikePlan})
  if (obstacle !== undefined) throw invalid(`${file} ${obstacle}`, 'Name another file, or remove it first.')
  const plan = await planToSave(savable, ports)
  await ports.files.write(file, sealedPlan(savable.cluster.grafana.secretKey, plan), 0o600)
}

/** @throws GhaError `PLAN_FILE_INVALID` (exit 2) */
export async function readSavedPlan(
  file: string,
  {name, grafana}: Cluster,
  {files}: Pick<Ports, 'files'>,
): Promise<SavedPlan> {
  const bytes = await files.read(file)
  if (!bytes) throw invalid(`there is no file ${file}`, 'Save a plan with `gha plan --out FILE`.')
  const opened = openSealedPlan(new TextDecoder().decode(bytes), {key: grafana.secretKey, cluster: name})
  if (opened.status === 'opened') return opened.plan
  throw invalid(`${file} ${opened.reason}`, 'Save a new plan with `gha plan --out FILE`.')
}

/** What would be saved now: two of them tell what has moved. */
export async function planToSave(
  {cluster, options, survey}: Savable,
  {files, clock}: Pick<Ports, 'files' | 'clock'>,
): Promise<SavedPlan> {
  const {plan, situations, observation, balancerFiles} = survey
  const seen = new TextDecoder().decode(await files.read(cluster.file))
  const written = options.to === undefined ? seen : setVersion(seen, cluster.grafana.version)
  const views = observation.balancer.known ? observation.balancer.value : []
  const clusterFile = {seen, written}
  const at = clock.now()
  return savedPlanOf(cluster.grafana.secretKey, {plan, situations, views, balancerFiles, options, clusterFile, at})
}

function invalid(message: string, hint: string): GhaError {
  return new GhaError(message, {code: 'PLAN_FILE_INVALID', exit: 'usage', unchanged: 'Nothing was changed.', hint})
}
