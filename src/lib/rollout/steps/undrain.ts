import {balancerStatus, standingOf} from '../../checks/balancer-status.ts'
import {GhaError} from '../../errors/gha-error.ts'
import {markServing} from '../../host/dead-man.ts'
import {given} from '../../model/given.ts'
import type {Node} from '../../model/node.ts'
import {hasStep} from '../../plan/plan.ts'
import type {BalancerView} from '../../ports/balancer.ts'
import {viewsOf} from '../balancer-views.ts'
import {halfWay} from '../half-way.ts'
import {activationOf, type Run, runOn, type StepName} from '../run.ts'
import type {StepExecutor} from './step.ts'

/** A balancer with a slow health check needs its time to see the node up, or down. */
const DEADLINE_SECONDS = 60
const POLL_MILLISECONDS = 500

/** In when the balancer says so: every one of its hosts, its own health check included. */
export const undrain: StepExecutor<'undrain'> = {
  describe: () => 'back into the balancer',
  async apply({run, node, plan}) {
    const words = await bringIn(run, node, {credit: hasStep(plan, 'soak') ? 'taken' : 'waited for'})
    await runOn(run, node, markServing(activationOf(run, node)))
    return words
  },
}

type Entering = Pick<Run, 'balancer' | 'cluster' | 'ports'>

/** `taken`: a balancer that sends to it before it has checked it is enough, as the soak looks again. */
type Credit = 'taken' | 'waited for'

interface Entry {
  readonly credit?: Credit
  /** The command to run again where it did not get in. */
  readonly again?: string
}

/** @throws GhaError `UNDRAIN_NOT_CONFIRMED` */
export async function bringIn(run: Entering, node: Node, {credit = 'waited for', again}: Entry = {}): Promise<string> {
  const views = await run.balancer.undrain(node)
  return untilIn(run, node, {views, credit, step: 'undrain', ...given({again})}).catch(error => {
    throw halfWay(error)
  })
}

/** What the balancer's own health check found meanwhile. @throws GhaError `UNDRAIN_NOT_CONFIRMED` */
export async function staysIn(run: Entering, node: Node): Promise<void> {
  await untilIn(run, node, {views: await run.balancer.status(), credit: 'waited for', step: 'soak'})
}

interface Wait {
  readonly views: readonly BalancerView[]
  readonly credit: Credit
  readonly step: StepName
  readonly again?: string
}

async function untilIn({balancer, cluster, ports}: Entering, node: Node, wait: Wait): Promise<string> {
  const deadline = ports.clock.now() + DEADLINE_SECONDS * 1000
  for (let {views} = wait; ; views = await balancer.status()) {
    if (cluster.loadBalancer.type === 'none') return 'serving'
    const {serves, words} = standingOf(views, {cluster, node})
    const isLate = ports.clock.now() >= deadline
    if (serves && (isLate || wait.credit === 'taken' || !isOnCredit(views, node))) return `serving (${words})`
    if (isLate) throw notIn(node.name, wait, `${balancerStatus.id}: ${words}`)
    await ports.clock.sleep(POLL_MILLISECONDS)
  }
}

/** The next node would go while this one may be found down. Who is never found down serves, however rarely it is checked. */
function isOnCredit(views: readonly BalancerView[], {balancerName}: Node): boolean {
  return viewsOf(views, balancerName).some(({onCredit}) => onCredit)
}

function notIn(node: string, {step, again}: Wait, words: string): GhaError {
  const command = again === undefined ? 'the same command' : `\`${again}\``
  return new GhaError(`the balancer does not take the node back within ${DEADLINE_SECONDS} s: ${words}`, {
    code: 'UNDRAIN_NOT_CONFIRMED',
    exit: 'partial',
    node,
    step,
    unchanged: 'Grafana itself runs there and is healthy.',
    hint: `Look at the balancer's health check of this node, then run ${command} again.`,
  })
}
