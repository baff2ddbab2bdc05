import {stopService} from '../../host/stop-service.ts'
import {activationOf, runOn} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const stop: StepExecutor<'stop'> = {
  describe: () => 'stopped, so that one node migrates alone',
  async apply({run, node}) {
    await runOn(run, node, stopService(activationOf(run, node)))
    return 'stopped'
  },
}
