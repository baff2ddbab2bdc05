import {armDeadMan} from '../../host/dead-man.ts'
import {activationOf, runOn, wayBackOf} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const arm: StepExecutor<'arm'> = {
  describe: ({seconds}) => `goes back by itself unless confirmed within ${seconds} s`,
  async apply({run, node}, {seconds}) {
    const previous = wayBackOf(run, node)
    const arming = armDeadMan(activationOf(run, node), {seconds, ...(previous ? {previous} : {})})
    await Promise.all([runOn(run, node, arming), run.trials.lookBefore(node)])
    return previous ? `way back: ${previous}` : 'no way back'
  },
}
