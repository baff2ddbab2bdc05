import {GhaError} from '../../errors/gha-error.ts'
import type {NodeObservation} from '../../facts/node-observation.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import {runsMixed} from '../../grafana/version-steps.ts'
import {installMethod} from '../../host/install/method.ts'
import {serviceControl} from '../../host/service/control.ts'
import type {Cluster} from '../../model/cluster.ts'
import {formatVersion} from '../../model/version.ts'
import {beyond} from '../../plan/beyond.ts'
import type {Plan} from '../../plan/plan.ts'
import {silentBalancer} from './silent-balancer.ts'

const UNCHANGED = 'Nothing was changed.'

/** A plan needs to know every node it speaks of. @throws GhaError when one cannot be seen */
export function refuseUnknown({loadBalancer}: Cluster, {nodes, balancer}: ClusterObservation): void {
  for (const node of nodes) refuseUnseen(node)
  if (!balancer.known) throw silentBalancer(loadBalancer, balancer)
}

/** @throws GhaError with why one node cannot be seen */
export function refuseUnseen({node, access, service, files, state, package: installed}: NodeObservation): void {
  if (access.status !== 'reached') {
    const {code, exit, message, hint} = access.failure
    throw new GhaError(message, {
      code,
      exit: exit === 'bug' ? 'preflight' : exit,
      node,
      unchanged: UNCHANGED,
      ...(hint ? {hint} : {}),
    })
  }
  for (const [what, observation] of Object.entries({service, files, state, package: installed})) {
    if (!observation.known) throw unseen(node, what, observation.reason)
  }
}

/** Where a plan looked at them. @throws GhaError `NODE_UNKNOWN` with the node */
export function refuseUnseenPlugins({nodes}: ClusterObservation): void {
  for (const {node, plugins} of nodes) {
    if (!plugins.known) throw unseen(node, 'plugins', plugins.reason)
  }
}

function unseen(node: string, what: string, reason: string): GhaError {
  return new GhaError(`cannot see its ${what}: ${reason}`, {
    code: 'NODE_UNKNOWN',
    exit: 'preflight',
    node,
    unchanged: UNCHANGED,
    hint: 'Run `gha check` for all that is wrong.',
  })
}

/** Ways to install and to run that gha can only look at yet. @throws GhaError (exit 6) */
export function refuseUnsupported(cluster: Cluster): void {
  for (const node of cluster.nodes) {
    installMethod(cluster, node)
    serviceControl(node.service, node.paths.state)
  }
}

/** @throws GhaError `VERSION_STEP_UNSUPPORTED` (exit 6), `LIMIT_UNSUPPORTED` */
export function refuseVersionStep({verb, step, from, to}: Plan, limit?: ReadonlySet<string>): void {
  if (runsMixed(step)) return
  if (step.kind === 'single-writer' && verb === 'rollout') {
    if (limit) throw limitedWindow()
    return
  }
  throw new GhaError(
    `the step from ${from ? formatVersion(from) : 'nothing'} to ${formatVersion(to)} is ${step.kind}: ${step.reason}`,
    {
      code: 'VERSION_STEP_UNSUPPORTED',
      exit: 'unsupported',
      unchanged: UNCHANGED,
      hint:
        step.kind === 'single-writer'
          ? 'Look at `gha rollout --dry-run`: it stops all nodes but one while that one migrates.'
          : 'Choose another version.',
    },
  )
}

function limitedWindow(): GhaError {
  return new GhaError('a step that one node migrates alone takes every node with it', {
    code: 'LIMIT_UNSUPPORTED',
    exit: 'usage',
    unchanged: UNCHANGED,
    hint: 'Leave `--limit` out.',
  })
}

/** Only what was confirmed is done. @throws GhaError `PLAN_STALE` */
export function refuseMoved(confirmed: Plan, now: Plan): void {
  const moved = beyond(confirmed, now)
  if (moved.length === 0) return
  throw new GhaError(`the cluster has moved since the plan was made: ${moved.join('; ')}`, {
    code: 'PLAN_STALE',
    exit: 'preflight',
    unchanged: UNCHANGED,
    hint: 'Run the command again and look at the new plan.',
  })
}
