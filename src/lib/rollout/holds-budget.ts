import {GhaError} from '../errors/gha-error.ts'
import type {Node} from '../model/node.ts'
import type {Run, StepName} from './run.ts'

/** @throws GhaError `PROBE_BUDGET_SPENT`: users notice, so the node under way goes back and no other begins. */
export function holdsBudget({watch}: Pick<Run, 'watch'>, node: Node, step: StepName): void {
  const spent = watch?.spent()
  if (spent === undefined) return
  throw new GhaError(`users notice: ${spent}`, {
    code: 'PROBE_BUDGET_SPENT',
    exit: 'partial',
    node: node.name,
    step,
    hint: 'Find the cause with `gha check` and in the logs of Grafana and the balancer, then run the same command again.',
  })
}
