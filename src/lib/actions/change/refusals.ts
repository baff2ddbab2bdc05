import {CONTAINER_REMEDY, obstaclesOf} from '../../checks/service-container.ts'
import {GhaError} from '../../errors/gha-error.ts'
import type {NodeObservation} from '../../facts/node-observation.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import {runsMixed} from '../../grafana/version-steps.ts'
import {installMethod} from '../../host/install/method.ts'
import {serviceControl} from '../../host/service/control.ts'
import type {Cluster} from '../../model/cluster.ts'
import {formatVersion} from '../../model/version.ts'
import {beyond} from '../../plan/beyond.ts'
import {hasStep, nodesOf, type Plan} from '../../plan/plan.ts'
import type {DatabaseReport} from '../../ports/database.ts'
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

/** A Grafana that is started without its database does not come up. @throws GhaError `DATABASE_…`, `MIGRATION_LOCK_HELD` with the node */
export function refuseNoDatabase({nodes}: ClusterObservation, plan: Plan): void {
  const starting = new Set(nodesOf(plan).flatMap(each => (hasStep(each, 'activate') ? [each.node] : [])))
  for (const {node, database, state, service} of nodes) {
    if (!starting.has(node) || !database.known) continue
    if (database.value.outcome !== 'answered') throw noLogin(node, database.value)
    if (database.value.readOnly) throw readOnlyDatabase(node)
    if (database.value.migrationLockHeld && (!isResumed(nodes) || mayMigrate({state, service})))
      throw heldMigrationLock(node)
  }
}

function noLogin(node: string, {outcome, message}: Exclude<DatabaseReport, {outcome: 'answered'}>): GhaError {
  if (outcome === 'no-connection') return noConnection(node, message)
  return new GhaError(`the database does not take the login of gha.yaml: ${message}`, {
    code: `DATABASE_${outcome.toUpperCase().replace('-', '_')}`,
    exit: outcome === 'authentication' ? 'authentication' : 'preflight',
    node,
    unchanged: UNCHANGED,
    hint: 'Mend it, or correct `database` in gha.yaml, and look with `gha check --only database`.',
  })
}

function noConnection(node: string, message: string): GhaError {
  return new GhaError(`the database has no connection left for a Grafana that starts: ${message}`, {
    code: 'DATABASE_NO_CONNECTION',
    exit: 'preflight',
    node,
    unchanged: UNCHANGED,
    hint: 'End sessions that nobody needs, or raise the limit of the server or of the user, and run the command again.',
  })
}

function readOnlyDatabase(node: string): GhaError {
  return new GhaError('the database takes no writes: it is a replica or read-only', {
    code: 'DATABASE_READ_ONLY',
    exit: 'preflight',
    node,
    unchanged: UNCHANGED,
    hint: 'Point `database.host` of gha.yaml at the primary, or wait until it takes writes; `gha check --only database` looks.',
  })
}

/** To start it anew would kill whoever migrates. */
function mayMigrate({state, service}: Pick<NodeObservation, 'state' | 'service'>): boolean {
  return isHeldOut({state}) && service.known && service.value.process !== undefined
}

function isHeldOut({state}: Pick<NodeObservation, 'state'>): boolean {
  return state.known && state.value.out !== undefined
}

/** What an earlier run has started and held out may migrate still: that one's gate waits for it. */
function isResumed(nodes: readonly NodeObservation[]): boolean {
  return nodes.some(isHeldOut)
}

function heldMigrationLock(node: string): GhaError {
  return new GhaError('somebody holds the migration lock in the database, and no Grafana starts beside that', {
    code: 'MIGRATION_LOCK_HELD',
    exit: 'preflight',
    node,
    unchanged: UNCHANGED,
    hint: 'A Grafana that starts or migrates holds it: wait until that is over, and run the command again.',
  })
}

/** A container that could not be made again as it is. @throws GhaError `CONTAINER_FOREIGN` with the node */
export function refuseForeignContainers({nodes}: ClusterObservation, plan: Plan): void {
  for (const each of nodesOf(plan).filter(one => hasStep(one, 'activate'))) {
    const service = nodes.find(({node}) => node === each.node)?.service
    const container = service?.known ? service.value.container : undefined
    const files = [...each.release.files, ...(each.release.plugins ?? [])].map(({path}) => path)
    const obstacles = container ? obstaclesOf(container, files) : []
    if (obstacles.length === 0) continue
    throw new GhaError(`gha cannot replace its container: ${obstacles.join('; ')}`, {
      code: 'CONTAINER_FOREIGN',
      exit: 'preflight',
      node: each.node,
      unchanged: UNCHANGED,
      hint: `${CONTAINER_REMEDY}; \`gha check --only service\` looks.`,
    })
  }
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
