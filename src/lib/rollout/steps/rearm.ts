import {rearmDeadMan} from '../../host/dead-man.ts'
import {activationOf, runOn, wayBackOf} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const rearm: StepExecutor<'rearm'> = {
  describe: ({seconds}) => `an earlier run swapped it: its dead man gives it ${seconds} s more`,
  async apply({run, node}, {seconds, wayBack}) {
    const goesBack = wayBackOf(run, node) !== undefined
    const script = rearmDeadMan(activationOf(run, node), goesBack ? seconds : 'gone')
    await Promise.all([runOn(run, node, script), run.trials.lookBefore(node)])
    return goesBack ? `way back: ${wayBack}` : 'no way back'
  },
}
