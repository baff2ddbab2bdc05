import type {Cluster} from '../../model/cluster.ts'
import type {Plan} from '../../plan/plan.ts'
import type {SavedPlan} from '../../plan/saved-plan.ts'
import type {RenderMaterial} from '../../render/render-material.ts'
import type {RunReport} from '../../report/run-report.ts'
import type {ProgressEvent, UnstagedRun} from '../../rollout/run.ts'
import type {Try} from '../../rollout/until-confirmed.ts'
import type {PlanView} from './plan-view.ts'
import type {WayBack} from './way-back.ts'

export interface ChangeRequest {
  readonly verb: Plan['verb']
  /** As hooks are told. */
  readonly calledFor: UnstagedRun['calledFor']
  /** The cluster as wished, another version included. */
  readonly cluster: Cluster
  readonly material: RenderMaterial
  /** What to write into `grafana.version` once the plan is confirmed. */
  readonly writesVersion: boolean
  /** Set where the wish is not gha.yaml's, but what was before. */
  readonly back?: WayBack
  readonly dryRun: boolean
  /** Set where the change is undone unless somebody confirms it. */
  readonly tries?: Try | undefined
  /** Names of the nodes that may be changed; every node without it. */
  readonly limit?: ReadonlySet<string> | undefined
  /** A plan that was saved before: exactly that is carried out. */
  readonly saved?: SavedPlan | undefined
  readonly takeOver: readonly string[]
  readonly acceptLoss: boolean
  /** Goes on where a node could not go back. */
  readonly acceptNoRollback: boolean
  readonly lockWaitSeconds: number
  /** The command line, for whoever meets the lock. */
  readonly reason: string
  readonly confirm: (view: PlanView) => Promise<boolean>
  readonly stopRequested: () => boolean
  readonly progress: (event: ProgressEvent) => void
  /** Told of every run that began, however it ended. */
  readonly record?: (report: RunReport) => void
}
