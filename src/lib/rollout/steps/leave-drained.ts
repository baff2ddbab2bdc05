import {markServing} from '../../host/dead-man.ts'
import {activationOf, runOn} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const leaveDrained: StepExecutor<'leave-drained'> = {
  describe: () => 'stays out of the balancer, as whoever drained it wished',
  async apply({run, node}) {
    await runOn(run, node, markServing(activationOf(run, node)))
    return 'still drained'
  },
}
