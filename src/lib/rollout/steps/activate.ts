import {activateRelease} from '../../host/activate.ts'
import {formatVersion} from '../../model/version.ts'
import {activationOf, runOn} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const activate: StepExecutor<'activate'> = {
  describe: () => 'swap package and files, start Grafana on them',
  async apply({run, node, plan}, {seconds}) {
    const {release, seen} = plan
    await runOn(run, node, activateRelease(activationOf(run, node), {release, seen, seconds}))
    return `started ${formatVersion(release.version)}`
  },
}
