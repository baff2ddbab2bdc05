import {flagSeconds} from '../../config/flag-seconds.ts'
import {GhaError} from '../../errors/gha-error.ts'
import {messageOf} from '../../errors/message-of.ts'
import {removeDrain, writeDrain} from '../../host/drain-record.ts'
import type {DrainRecord} from '../../model/drain-record.ts'
import {drainSeconds} from '../../model/load-balancer.ts'
import type {Node} from '../../model/node.ts'
import type {Ports} from '../../ports/ports.ts'
import {underLock} from '../../rollout/balancer-under-lock.ts'
import {getsNothingNew} from '../../rollout/balancer-views.ts'
import {halfWay} from '../../rollout/half-way.ts'
import type {Lock} from '../../rollout/lock.ts'
import {mayItGo} from '../../rollout/may-it-go.ts'
import {holdsLock, runOn} from '../../rollout/run.ts'
import {outOnceIdle} from '../../rollout/steps/drain.ts'
import {bringIn} from '../../rollout/steps/undrain.ts'
import {lockCluster} from '../change/lock-cluster.ts'
import {refuseUnknown} from '../change/refusals.ts'
import {operatorOf} from '../operator-of.ts'
import type {DrainRequest, DrainResult} from './drain-request.ts'
import {lookAtNode, type NodeSeen} from './look-at-node.ts'
import {onlyNotes} from './only-notes.ts'

export interface Draining extends DrainRequest {
  /** `30m`. */
  readonly for: string
  readonly why: string
}

/**
 * Takes a node out of the balancer and says so on the node: by whom, why, for how long. It stays out until `undrain`.
 * A node that is drained already gets the new words and the new time.
 * @throws GhaError `NOT_SAFE_TO_DRAIN` | `LOCK_HELD` | `DRAIN_NOT_CONFIRMED` | `NOT_BROUGHT_BACK`
 */
export async function drainNode(request: Draining, ports: Ports): Promise<DrainResult> {
  const {cluster, name} = request
  const record = recordOf(request, ports)
  const {node, observation} = await lookAtNode(cluster, ports, name)
  refuseUnknown(cluster, observation)
  const balancer = ports.balancer(cluster.loadBalancer)
  const going = {node, run: {balancer, cluster, plan: {waves: []}}}
  const others = await mayItGo(going)
  await balancer.rehearse([node])
  const agreed =
    !request.stopRequested() &&
    (await request.confirm(`Take ${name} out of the balancer for ${request.for}? (${others})`))
  if (request.dryRun) return {result: 'planned', node: name, detail: others}
  if (!agreed) return {result: 'declined', node: name, detail: others}
  const lock = await lockCluster(request, ports, observation)
  try {
    // Others may have been at work while somebody was asked, or waited for the lock.
    const seen = await lookAtNode(cluster, ports, name)
    await mayItGo(going)
    if (request.stopRequested()) return {result: 'declined', node: name, detail: others}
    request.begins()
    const detail = await drainUnder({request, ports, lock, seen, record, mayGo: () => mayItGo(going)})
    return {result: 'drained', node: name, detail}
  } finally {
    await lock.release()
  }
}

interface Grip {
  readonly request: Draining
  readonly ports: Ports
  readonly lock: Lock
  readonly seen: NodeSeen
  readonly record: DrainRecord
  readonly mayGo: () => Promise<unknown>
}

async function drainUnder({request: {cluster, say}, ports, lock, seen, record, mayGo}: Grip): Promise<string> {
  const {loadBalancer} = cluster
  const {node} = seen
  const run = {cluster, ports, lock, balancer: underLock(ports.balancer(loadBalancer), lock), progress: onlyNotes(say)}
  const place = {state: node.paths.state, lease: lock.lease}
  const write = () => runOn(run, node, writeDrain(place, record))
  const seconds = drainSeconds(loadBalancer)
  const begin = () => {
    holdsLock(run, node)
    say(`${node.name}: draining, for up to ${seconds} s`)
    return run.balancer.drain(node)
  }
  if (isAway(seen)) {
    const told = await begin()
    try {
      const words = await outOnceIdle(run, {node, told}, seconds)
      await write()
      return words
    } catch (error) {
      throw halfWay(error)
    }
  }
  // The record first: a node that is out without a word would be brought back by nobody, or by anybody.
  await write()
  try {
    // That may have had to wait for a script that was at work there.
    await mayGo()
    return await outOnceIdle(run, {node, told: await begin()}, seconds)
  } catch (error) {
    // Whoever has the lock now decides where the node belongs.
    if (error instanceof GhaError && error.code === 'LOCK_LOST') throw halfWay(error)
    await bringIn(run, node)
      .then(() => runOn(run, node, removeDrain(place)))
      .catch(failure => {
        throw notBroughtBack(node, {error, failure})
      })
    throw error
  }
}

/** Somebody has taken it out before: whatever fails now, it stays as it is, with the words that it had. */
function isAway({node, state, observation: {balancer}}: NodeSeen): boolean {
  return state.drained !== undefined || (balancer.known && getsNothingNew(balancer.value, node.balancerName))
}

function notBroughtBack(
  {name}: Node,
  {error, failure}: {readonly error: unknown; readonly failure: unknown},
): GhaError {
  return new GhaError(`${wordsOf(error)}; and it could not be brought back: ${wordsOf(failure)}`, {
    code: 'NOT_BROUGHT_BACK',
    exit: 'partial',
    node: name,
    unchanged: 'Grafana on this node was not touched.',
    hint: `Look at the balancer with \`gha status\`, then bring it back with \`gha undrain ${name}\`, or drain it again.`,
    cause: error,
  })
}

function wordsOf(error: unknown): string {
  const where = error instanceof GhaError && error.node !== undefined ? ` (${error.node})` : ''
  return `${messageOf(error)}${where}`
}

function recordOf({for: time, why}: Draining, {identity}: Ports): DrainRecord {
  const seconds = flagSeconds(time)
  if (seconds !== undefined) return {by: operatorOf(identity), reason: why, forSeconds: seconds}
  throw new GhaError(`--for ${time} is not a duration`, {
    code: 'USAGE',
    exit: 'usage',
    unchanged: 'Nothing was changed.',
    hint: 'Write it with its unit, as in `--for 30m` or `--for 1h30m`.',
  })
}
