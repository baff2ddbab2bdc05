import {GhaError} from '../../errors/gha-error.ts'
import {foreignWords} from '../../facts/foreign-file.ts'
import type {NodeObservation} from '../../facts/node-observation.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import {installMethod} from '../../host/install/method.ts'
import {serviceControl} from '../../host/service/control.ts'
import type {Cluster} from '../../model/cluster.ts'
import {formatVersion} from '../../model/version.ts'
import {beyond} from '../../plan/beyond.ts'
import {nodesOf, type Plan} from '../../plan/plan.ts'
import {silentBalancer} from './silent-balancer.ts'

const UNCHANGED = 'Nothing was changed.'

/** A plan needs to know every node it speaks of. @throws GhaError when one cannot be seen */
export function refuseUnknown({loadBalancer}: Cluster, {nodes, balancer}: ClusterObservation): void {
  for (const node of nodes) refuseUnseen(node)
  if (!balancer.known) throw silentBalancer(loadBalancer, balancer)
}

function refuseUnseen({node, access, service, files, state, package: installed}: NodeObservation): void {
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
    if (observation.known) continue
    throw new GhaError(`cannot see its ${what}: ${observation.reason}`, {
      code: 'NODE_UNKNOWN',
      exit: 'preflight',
      node,
      unchanged: UNCHANGED,
      hint: 'Run `gha check` for all that is wrong.',
    })
  }
}

/** A Grafana that is started without its database does not come up. @throws GhaError `DATABASE_…` with the node */
export function refuseNoDatabase({nodes}: ClusterObservation, plan: Plan): void {
  const starting = new Set(
    nodesOf(plan).flatMap(({node, steps}) => (steps.some(({kind}) => kind === 'activate') ? [node] : [])),
  )
  for (const {node, database} of nodes) {
    if (!starting.has(node) || !database.known) continue
    if (database.value.outcome === 'answered') {
      if (database.value.readOnly) throw readOnlyDatabase(node)
      continue
    }
    const {outcome, message} = database.value
    throw new GhaError(`the database does not take the login of gha.yaml: ${message}`, {
      code: `DATABASE_${outcome.toUpperCase().replace('-', '_')}`,
      exit: outcome === 'authentication' ? 'authentication' : 'preflight',
      node,
      unchanged: UNCHANGED,
      hint: 'Mend it, or correct `database` in gha.yaml, and look with `gha check --only database`.',
    })
  }
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

/** Ways to install and to run that gha can only look at yet. @throws GhaError (exit 6) */
export function refuseUnsupported(cluster: Cluster): void {
  for (const node of cluster.nodes) {
    installMethod(cluster, node)
    serviceControl(node.service, node.paths.state)
  }
}

/** Flags without which the plan will be refused: the operator's word for what gha does not do by itself. */
export function consentsFor(cluster: Cluster, plan: Plan): readonly string[] {
  const paths = new Set(foreignFiles(plan).map(({path}) => path))
  return [...[...paths].map(path => `--take-over ${path}`), ...(lossOf(cluster, plan) ? ['--accept-loss'] : [])]
}

/** What gha did not write it does not overwrite, unless the operator names the file. @throws GhaError `FOREIGN_FILE` */
export function refuseForeign(plan: Plan, takeOver: readonly string[]): void {
  const foreign = foreignFiles(plan).filter(({path}) => !takeOver.includes(path))
  const [first] = foreign
  if (!first) return
  const list = foreign.map(({host, path, words}) => `${host}:${path} (${words})`)
  const flags = [...new Set(foreign.map(({path}) => `--take-over ${path}`))].join(' ')
  throw new GhaError(`gha does not overwrite what it did not write: ${list.join(', ')}`, {
    code: 'FOREIGN_FILE',
    exit: 'preflight',
    node: first.host,
    unchanged: UNCHANGED,
    hint: `Bring what is needed into gha.yaml, then run the command again with \`${flags}\`. \`--dry-run\` shows the difference.`,
  })
}

function foreignFiles(plan: Plan) {
  const onNodes = nodesOf(plan).flatMap(({node, changes}) =>
    changes.map(change => ({...change, owner: undefined, host: node})),
  )
  const onBalancers = plan.balancerFiles.map(file => ({...file, host: file.balancer}))
  return [...onNodes, ...onBalancers].flatMap(({host, path, foreign, owner}) =>
    foreign ? [{host, path, words: foreignWords(foreign, owner)}] : [],
  )
}

/** @throws GhaError `VERSION_STEP_UNSUPPORTED` (exit 6), `LIMIT_UNSUPPORTED` */
export function refuseVersionStep({verb, step, from, to}: Plan, limit?: ReadonlySet<string>): void {
  if (step.kind === 'none' || step.kind === 'additive') return
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

/** A migration that needs a stop; without a balancer or with one node any restart. @throws GhaError `LOSS_NOT_ACCEPTED` */
export function refuseLoss(cluster: Cluster, plan: Plan, accepted: boolean): void {
  const reason = lossOf(cluster, plan)
  if (accepted || reason === undefined) return
  throw new GhaError(reason, {
    code: 'LOSS_NOT_ACCEPTED',
    exit: 'preflight',
    unchanged: UNCHANGED,
    hint: plan.window
      ? 'Choose a time for it, have a backup of the database, then pass `--accept-loss`.'
      : 'Users will see errors during the restart; pass `--accept-loss` if that is fine.',
  })
}

function lossOf({loadBalancer, nodes}: Cluster, plan: Plan): string | undefined {
  if (plan.window) return 'nobody serves, and no alert rule is evaluated, while one node migrates alone'
  const restartsServing = plan.verb === 'rollout' && nodesOf(plan).length > 0 && plan.from !== undefined
  if (!restartsServing || (loadBalancer.type !== 'none' && nodes.length > 1)) return undefined
  return nodes.length > 1
    ? 'gha.yaml names no load balancer, so a node cannot be taken out before its restart'
    : 'the cluster has one node, so nobody serves while it restarts'
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
