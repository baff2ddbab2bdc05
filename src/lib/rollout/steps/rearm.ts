import {rearmDeadMan} from '../../host/dead-man.ts'
import {activationOf, type DeadManIs, type Run, runOn, wayBackOf} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const rearm: StepExecutor<'rearm'> = {
  describe: ({seconds}) => `an earlier run swapped it: its dead man gives it ${seconds} s more`,
  async apply({run, node}, {seconds, wayBack}) {
    const goesBack = wayBackOf(run, node) !== undefined
    const script = rearmDeadMan(activationOf(run, node), goesBack ? seconds : 'gone')
    await Promise.all([runOn(run, node, script), run.trials.lookBefore(node)])
    run.progress({type: 'dead-man', node: node.name, is: goesBack ? stillThere(run) : 'gone'})
    return goesBack ? `way back: ${wayBack}` : 'no way back'
  },
}

/** Where the step may migrate he may wait still. */
function stillThere({plan}: Run): DeadManIs {
  return plan.step.kind === 'none' ? 'armed' : 'waiting'
}
