import {armDeadMan} from '../../host/dead-man.ts'
import {activationOf, runOn} from '../run.ts'
import type {StepExecutor} from './step.ts'

export const arm: StepExecutor<'arm'> = {
  describe: ({seconds}) => `goes back by itself unless confirmed within ${seconds} s`,
  async apply({run, node}, {seconds}) {
    const staged = run.staged.get(node.name)
    const previous = staged?.wayBack ? staged.previous : undefined
    await runOn(run, node, armDeadMan(activationOf(run, node), {seconds, ...(previous ? {previous} : {})}))
    return previous ? `way back: ${previous}` : 'no way back'
  },
}
