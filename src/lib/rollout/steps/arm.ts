import {armDeadMan} from '../../host/dead-man.ts'
import {hasStep} from '../../plan/plan.ts'
import {activationOf, runOn, wayBackOf} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const arm: StepExecutor<'arm'> = {
  describe: ({seconds, migrates}) =>
    migrates ? 'the only one that migrates' : `its dead man, where it has a way back, gives it ${seconds} s`,
  async apply({run, node, plan}, {seconds, migrates}) {
    const previous = wayBackOf(run, node)
    const arming = {seconds, ...(previous ? {previous} : {}), ...(migrates ? {migrates} : {})}
    const armed = runOn(run, node, armDeadMan(activationOf(run, node), arming))
    await Promise.all([armed, hasStep(plan, 'drain') ? undefined : run.trials.lookBefore(node)])
    run.progress({type: 'dead-man', node: node.name, is: previous ? 'armed' : 'gone'})
    return previous ? `way back: ${previous}` : 'no way back'
  },
}
