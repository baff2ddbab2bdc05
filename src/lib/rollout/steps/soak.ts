import {holdsBudget} from '../holds-budget.ts'
import type {Turn} from '../run.ts'
import type {StepExecutor} from './step.ts'
import {staysIn} from './undrain.ts'

const POLL_MILLISECONDS = 500
/** The balancer answers within it, mostly, so that its answer keeps nobody waiting. */
const LAST_LOOK_MILLISECONDS = 1000

/** What only users meet shows when they are there: a login that fails, a page that is slow; and what the balancer finds. */
export const soak: StepExecutor<'soak'> = {
  describe: ({seconds}) => `users are watched for ${seconds} s while it serves`,
  async apply(turn, {seconds}) {
    const {run, node} = turn
    const until = run.ports.clock.now() + seconds * 1000
    await usersAreServed(turn, until - LAST_LOOK_MILLISECONDS)
    await staysIn(run, node)
    await usersAreServed(turn, until)
    return run.watch ? 'users notice nothing' : 'nobody watches'
  },
}

async function usersAreServed({run, node}: Turn, until: number): Promise<void> {
  const {clock} = run.ports
  while (run.watch && clock.now() < until) {
    holdsBudget(run, node, 'soak')
    await clock.sleep(Math.min(POLL_MILLISECONDS, until - clock.now()))
  }
  holdsBudget(run, node, 'soak')
}
