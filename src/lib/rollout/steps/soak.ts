import {holdsBudget} from '../holds-budget.ts'
import type {StepExecutor} from './step.ts'
import {staysIn} from './undrain.ts'

const POLL_MILLISECONDS = 500

/** What only users meet shows when they are there: a login that fails, a page that is slow; and what the balancer finds. */
export const soak: StepExecutor<'soak'> = {
  describe: ({seconds}) => `users are watched for ${seconds} s while it serves`,
  async apply({run, node}, {seconds}) {
    const {clock} = run.ports
    const until = clock.now() + seconds * 1000
    while (run.watch && clock.now() < until) {
      holdsBudget(run, node, 'soak')
      await clock.sleep(Math.min(POLL_MILLISECONDS, until - clock.now()))
    }
    holdsBudget(run, node, 'soak')
    await staysIn(run, node)
    return run.watch ? 'users notice nothing' : 'nobody watches'
  },
}
