import {GhaError} from '../../errors/gha-error.ts'
import type {NodeObservation} from '../../facts/node-observation.ts'
import {describeDrain} from '../../model/drain-record.ts'
import {hasStep, nodesOf} from '../../plan/plan.ts'
import type {Survey} from './survey.ts'

/**
 * While an operator keeps a node out, taking another would leave less than all but one.
 * @throws GhaError `NODE_DRAINED`
 */
export function refuseDrained({plan, observation}: Pick<Survey, 'plan' | 'observation'>): void {
  const drains = nodesOf(plan).filter(each => hasStep(each, 'drain'))
  const drained = observation.nodes.filter(isDrained)
  const [other] = drained.filter(({node}) => drains.some(plan => plan.node !== node))
  if (!other?.state.known || !other.state.value.drained) return
  throw new GhaError(`it is ${describeDrain(other.state.value.drained)}, so no other node may go`, {
    code: 'NODE_DRAINED',
    exit: 'preflight',
    node: other.node,
    unchanged: 'Nothing was changed.',
    hint:
      plan.step.kind === 'single-writer'
        ? `Bring it back first with \`gha undrain ${other.node}\`: a step that one node migrates alone takes every node with it.`
        : `Bring it back first with \`gha undrain ${other.node}\`, or change it alone with \`--limit ${other.node}\`: it stays drained.`,
  })
}

function isDrained({state}: NodeObservation): boolean {
  return state.known && state.value.drained !== undefined
}
