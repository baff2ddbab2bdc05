import {rearmDeadMan} from '../../host/dead-man.ts'
import {activationOf, runOn} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const rearm: StepExecutor<'rearm'> = {
  describe: ({seconds}) => `an earlier run swapped it: goes back by itself unless confirmed within ${seconds} s`,
  async apply({run, node}, {seconds, wayBack}) {
    await Promise.all([runOn(run, node, rearmDeadMan(activationOf(run, node), seconds)), run.trials.lookBefore(node)])
    return `way back: ${wayBack}`
  },
}
