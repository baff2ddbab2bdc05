import {GhaError} from '../../errors/gha-error.ts'
import {foreignWords} from '../../facts/foreign-file.ts'
import type {Staged} from '../../host/stage.ts'
import type {Cluster} from '../../model/cluster.ts'
import {nodesOf, type Plan} from '../../plan/plan.ts'

const UNCHANGED = 'Nothing was changed.'

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

/** A migration that needs a stop; without a balancer or with one node any restart. @throws GhaError `LOSS_NOT_ACCEPTED` */
export function refuseLoss(cluster: Cluster, plan: Plan, {accepted}: {readonly accepted: boolean}): void {
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

/**
 * Known only once it was looked for: before the first drain. A first release has nothing to go back to, whoever serves nobody
 * loses nothing, and what the plan did not promise was agreed to. @throws GhaError `NO_WAY_BACK` with the first such node
 */
export function refuseNoRollback(
  {verb, onFailure}: Plan,
  staged: ReadonlyMap<string, Staged>,
  {accepted}: {readonly accepted: boolean},
): void {
  if (accepted || verb === 'apply' || onFailure !== 'go-back') return
  const stuck = [...staged].flatMap(([node, {previous, wayBack}]) => (previous && !wayBack ? [{node, previous}] : []))
  const [first] = stuck
  if (!first) return
  const list = stuck.map(({node, previous}) => `${previous} on ${node}`).join(', ')
  throw new GhaError(`no way back: the package of ${list} cannot be had any more`, {
    code: 'NO_WAY_BACK',
    exit: 'preflight',
    node: first.node,
    step: 'stage',
    unchanged: 'No Grafana was touched.',
    hint: 'Put that package back where the nodes get theirs, or pass `--accept-no-rollback`: a node that fails is held out on its new release then.',
  })
}

function lossOf({loadBalancer, nodes}: Cluster, plan: Plan): string | undefined {
  if (plan.window?.writer) return 'nobody serves, and no alert rule is evaluated, while one node migrates alone'
  if (plan.window) return 'all nodes that are not past the migration stop together'
  const restartsServing = plan.verb === 'rollout' && nodesOf(plan).length > 0 && plan.from !== undefined
  if (!restartsServing || (loadBalancer.type !== 'none' && nodes.length > 1)) return undefined
  return nodes.length > 1
    ? 'gha.yaml names no load balancer, so a node cannot be taken out before its restart'
    : 'the cluster has one node, so nobody serves while it restarts'
}
