import {GhaError} from '../../errors/gha-error.ts'
import type {Node} from '../../model/node.ts'
import type {BalancerView} from '../../ports/balancer.ts'
import {viewsOf} from '../balancer-views.ts'
import type {Run} from '../run.ts'
import type {StepExecutor} from './step.ts'

const POLL_MILLISECONDS = 500
/** A page that the node has just handed out asks for its assets now, and only nodes of its version have them. */
const PAGE_LOAD_MILLISECONDS = 3000

/** Out when the balancer says so: every one of its hosts, read again right before the stop. */
export const drain: StepExecutor<'drain'> = {
  describe: ({timeoutSeconds}) => `out of the balancer, waiting up to ${timeoutSeconds} s for what is under way`,
  async apply({run, node}, {timeoutSeconds}) {
    const out = async () => outOnceIdle(run, {node, told: await run.balancer.drain(node)}, timeoutSeconds)
    const [words] = await Promise.all([out(), run.trials.lookBefore(node)])
    return words
  },
}

type Balanced = Pick<Run, 'balancer' | 'ports' | 'progress'>

/** A node that gets no new requests since just now. @throws GhaError `DRAIN_NOT_CONFIRMED` */
export async function outOnceIdle(run: Balanced, {node, told}: Told, timeoutSeconds: number): Promise<string> {
  const drained = run.ports.clock.now()
  const before = await waitUntilIdle(run, {node, told}, timeoutSeconds)
  await run.ports.clock.sleep(Math.max(0, drained + PAGE_LOAD_MILLISECONDS - run.ports.clock.now()))
  const out = await run.balancer.takeOut(node)
  const feeding = viewsOf(out, node.balancerName).filter(({state}) => state === 'in' || state === 'drain')
  if (feeding.length > 0) throw stillFed(node, feeding)
  // A page asks for its assets until then, and a slow node has not answered yet. What outlasted its time is not waited for twice.
  const left = isIdle(before) ? await waitUntilIdle(run, {node, told: out}, timeoutSeconds) : before
  if (left.connections > 0) run.progress({type: 'connections-cut', node: node.name, count: left.connections})
  return inWords(left, timeoutSeconds)
}

interface Told {
  readonly node: Node
  /** What the balancer said once it was told. */
  readonly told: readonly BalancerView[]
}

interface UnderWay {
  readonly connections: number
  /** Balancers that do not count, and have not said that they are done. */
  readonly uncounted: readonly string[]
}

/** What is left when the time is up; WebSockets and long polls never end by themselves. */
async function waitUntilIdle(run: Balanced, {node, told}: Told, timeoutSeconds: number): Promise<UnderWay> {
  const deadline = run.ports.clock.now() + timeoutSeconds * 1000
  for (let views = told; ; views = await run.balancer.status()) {
    const left = underWay(viewsOf(views, node.balancerName))
    if (isIdle(left) || run.ports.clock.now() >= deadline) return left
    await run.ports.clock.sleep(POLL_MILLISECONDS)
  }
}

function isIdle({connections, uncounted}: UnderWay): boolean {
  return connections === 0 && uncounted.length === 0
}

function underWay(views: readonly BalancerView[]): UnderWay {
  const silent = views.filter(({state, current}) => current === undefined && (state === 'in' || state === 'drain'))
  return {
    connections: views.reduce((sum, {current}) => sum + (current ?? 0), 0),
    uncounted: silent.map(({balancer}) => balancer),
  }
}

function inWords({connections, uncounted}: UnderWay, timeoutSeconds: number): string {
  const what = connections === 1 ? '1 connection was' : `${connections} connections were`
  if (connections > 0) return `${what} still open after ${timeoutSeconds} s and cut`
  if (uncounted.length === 0) return 'nothing under way'
  return `what was still open after ${timeoutSeconds} s is cut; ${uncounted.join(', ')} does not count it`
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
