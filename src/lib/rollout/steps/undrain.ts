import {balancerStatus, standingOf} from '../../checks/balancer-status.ts'
import {GhaError} from '../../errors/gha-error.ts'
import {markServing} from '../../host/dead-man.ts'
import type {Node} from '../../model/node.ts'
import type {BalancerView} from '../../ports/balancer.ts'
import {viewsOf} from '../balancer-views.ts'
import {activationOf, type Run, runOn} from '../run.ts'
import type {StepExecutor} from './step.ts'

/** A balancer with a slow health check needs its time to see the node up, or down. */
const DEADLINE_SECONDS = 60
const POLL_MILLISECONDS = 500

/** In when the balancer says so: every one of its hosts, its own health check included. */
export const undrain: StepExecutor<'undrain'> = {
  describe: () => 'back into the balancer',
  async apply({run, node}) {
    const words = await bringIn(run, node)
    await runOn(run, node, markServing(activationOf(run, node)))
    return words
  },
}

/** @throws GhaError `UNDRAIN_NOT_CONFIRMED` */
export async function bringIn(run: Pick<Run, 'balancer' | 'cluster' | 'ports'>, node: Node): Promise<string> {
  const told = await run.balancer.undrain(node)
  const deadline = run.ports.clock.now() + DEADLINE_SECONDS * 1000
  for (let views = told; ; views = await run.balancer.status()) {
    if (run.cluster.loadBalancer.type === 'none') return 'serving'
    const {serves, words} = standingOf(views, {cluster: run.cluster, node})
    const isLate = run.ports.clock.now() >= deadline
    if (serves && (isLate || !isOnCredit(views, node))) return `serving (${words})`
    if (isLate) throw notIn(node.name, `${balancerStatus.id}: ${words}`)
    await run.ports.clock.sleep(POLL_MILLISECONDS)
  }
}

/** The next node would go while this one may be found down. Who is never found down serves, however rarely it is checked. */
function isOnCredit(views: readonly BalancerView[], {balancerName}: Node): boolean {
  return viewsOf(views, balancerName).some(({onCredit}) => onCredit)
}

function notIn(node: string, words: string): GhaError {
  return new GhaError(`the balancer does not take the node back within ${DEADLINE_SECONDS} s: ${words}`, {
    code: 'UNDRAIN_NOT_CONFIRMED',
    exit: 'partial',
    node,
    step: 'undrain',
    unchanged: 'Grafana itself runs there and is healthy.',
    hint: "Look at the balancer's health check of this node, then run `gha rollout` again.",
  })
}
