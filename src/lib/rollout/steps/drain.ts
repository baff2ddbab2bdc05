import {GhaError} from '../../errors/gha-error.ts'
import type {Node} from '../../model/node.ts'
import type {BalancerView} from '../../ports/balancer.ts'
import type {Run} from '../run.ts'
import type {StepExecutor} from './step.ts'

const POLL_MILLISECONDS = 500
/** A page that the node has just handed out asks for its assets now, and only nodes of its version have them. */
const PAGE_LOAD_MILLISECONDS = 3000

/** Out when the balancer says so: every one of its hosts, read again right before the stop. */
export const drain: StepExecutor<'drain'> = {
  describe: ({timeoutSeconds}) => `out of the balancer, waiting up to ${timeoutSeconds} s for what is under way`,
  async apply({run, node}, {timeoutSeconds}) {
    await run.balancer.drain(node)
    const drained = run.ports.clock.now()
    const left = await waitUntilIdle(run, node, timeoutSeconds)
    await run.ports.clock.sleep(Math.max(0, drained + PAGE_LOAD_MILLISECONDS - run.ports.clock.now()))
    await run.balancer.takeOut(node)
    const views = await viewsOf(run, node)
    const feeding = views.filter(({state}) => state === 'in' || state === 'drain')
    if (feeding.length > 0) throw stillFed(node, feeding)
    return left > 0 ? `${left} connections were still open after ${timeoutSeconds} s and are cut` : 'nothing under way'
  },
}

/** How many requests or connections are left when the time is up; WebSockets never reach zero. */
async function waitUntilIdle(run: Run, node: Node, timeoutSeconds: number): Promise<number> {
  const deadline = run.ports.clock.now() + timeoutSeconds * 1000
  for (;;) {
    const left = (await viewsOf(run, node)).reduce((sum, {current}) => sum + (current ?? 0), 0)
    if (left === 0 || run.ports.clock.now() >= deadline) return left
    await run.ports.clock.sleep(POLL_MILLISECONDS)
  }
}

async function viewsOf({balancer}: Run, node: Node): Promise<readonly BalancerView[]> {
  return (await balancer.status()).filter(({server}) => server === node.balancerName)
}

function stillFed(node: Node, feeding: readonly BalancerView[]): GhaError {
  const where = feeding.map(({balancer, words}) => `${balancer} says ${words}`).join(', ')
  return new GhaError(`the balancer still sends requests there: ${where}`, {
    code: 'DRAIN_NOT_CONFIRMED',
    exit: 'partial',
    node: node.name,
    step: 'drain',
    unchanged: 'Grafana on this node was not touched.',
    hint: 'Look at the balancer, then run the command again.',
  })
}
