import {GhaError} from '../../errors/gha-error.ts'
import type {NodeObservation} from '../../facts/node-observation.ts'
import type {ClusterObservation} from '../../facts/observe.ts'
import {hasStep, nodesOf, type Plan} from '../../plan/plan.ts'
import type {DatabaseReport} from '../../ports/database.ts'

const UNCHANGED = 'Nothing was changed.'

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
