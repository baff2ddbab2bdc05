import {armDeadMan} from '../../host/dead-man.ts'
import {activationOf, runOn, wayBackOf} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const arm: StepExecutor<'arm'> = {
  describe: ({seconds}) => `goes back by itself unless confirmed within ${seconds} s`,
  async apply({run, node}, {seconds}) {
    await run.trials.lookBefore(node)
    const previous = wayBackOf(run, node)
    await runOn(run, node, armDeadMan(activationOf(run, node), {seconds, ...(previous ? {previous} : {})}))
    return previous ? `way back: ${previous}` : 'no way back'
  },
}
