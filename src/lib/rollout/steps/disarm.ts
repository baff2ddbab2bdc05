import {disarmDeadMan} from '../../host/dead-man.ts'
import {hasStep} from '../../plan/plan.ts'
import {activationOf, runOn, type Turn, wayBackOf} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const disarm: StepExecutor<'disarm'> = {
  describe: () => 'the new release is confirmed',
  async apply(turn) {
    const {run, node} = turn
    await runOn(run, node, disarmDeadMan(activationOf(run, node), {expects: isGuarded(turn) ? 'armed' : 'anything'}))
    run.progress({type: 'dead-man', node: node.name, is: 'gone'})
    return 'confirmed'
  },
}

/** Its turn has armed the dead man, or has taken over that of an earlier run. */
function isGuarded({run, node, plan}: Turn): boolean {
  return (hasStep(plan, 'arm') || hasStep(plan, 'rearm')) && wayBackOf(run, node) !== undefined
}
