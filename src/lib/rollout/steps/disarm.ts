import {disarmDeadMan} from '../../host/dead-man.ts'
import {activationOf, runOn} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const disarm: StepExecutor<'disarm'> = {
  describe: () => 'the new release is confirmed',
  async apply({run, node}) {
    await runOn(run, node, disarmDeadMan(activationOf(run, node)))
    run.progress({type: 'dead-man', node: node.name, is: 'gone'})
    return 'confirmed'
  },
}
