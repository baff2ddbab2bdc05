import {describe, expect, it} from 'vitest'
import {refuseNoDatabase} from '../../../../src/lib/actions/change/refuse-no-database.ts'
import type {ClusterObservation} from '../../../../src/lib/facts/observe.ts'
import {known, unknown} from '../../../../src/lib/model/observation.ts'
import type {Plan, Step} from '../../../../src/lib/plan/plan.ts'
import type {DatabaseReport} from '../../../../src/lib/ports/database.ts'
import {aDatabaseAnswer, aNodeObservation, aProcess, keptState} from '../../../support/an-observation.ts'

const plan = (...steps: Step[]): Plan => ({waves: [[{node: 'gf1', steps}]]}) as unknown as Plan
const seen = (database: DatabaseReport | undefined): ClusterObservation => ({
  at: 0,
  nodes: [{...aNodeObservation(), node: 'gf1', database: database ? known(database) : unknown('not asked')}],
  balancer: known([]),
})
const wrong: DatabaseReport = {outcome: 'authentication', message: 'password authentication failed'}
const restart: Step = {kind: 'activate', seconds: 1}

describe('a change while the database does not answer a node', () => {
  it('is refused before anything is touched', () => {
    expect(() => refuseNoDatabase(seen(wrong), plan(restart))).toThrow(
      expect.objectContaining({code: 'DATABASE_AUTHENTICATION', exit: 'authentication', node: 'gf1'}),
    )
  })

  it('is refused where it has no connection left, and the words say what to do', () => {
    const full: DatabaseReport = {outcome: 'no-connection', message: 'too many connections for role "grafana"'}
    expect(() => refuseNoDatabase(seen(full), plan(restart))).toThrow(
      expect.objectContaining({
        code: 'DATABASE_NO_CONNECTION',
        exit: 'preflight',
        message:
          'the database has no connection left for a Grafana that starts: too many connections for role "grafana"',
        hint: expect.stringContaining('raise the limit'),
      }),
    )
  })

  it('is refused where it answers and takes no writes', () => {
    expect(() => refuseNoDatabase(seen(aDatabaseAnswer({readOnly: true})), plan(restart))).toThrow(
      expect.objectContaining({code: 'DATABASE_READ_ONLY', exit: 'preflight', node: 'gf1'}),
    )
  })

  it('is refused while somebody holds the migration lock, but not where an earlier run holds a node out', () => {
    const held = seen(aDatabaseAnswer({migrationLockHeld: true}))
    expect(() => refuseNoDatabase(held, plan(restart))).toThrow(
      expect.objectContaining({code: 'MIGRATION_LOCK_HELD', exit: 'preflight', node: 'gf1'}),
    )
    const state = known(keptState({out: 'run-1'}))
    const service = known({state: 'failed', words: 'failed', configured: []} as const)
    const resumed = {...held, nodes: held.nodes.map(node => ({...node, state, service}))}
    expect(() => refuseNoDatabase(resumed, plan(restart))).not.toThrow()
  })

  it('is refused where it would start the very Grafana anew that may hold the migration lock', () => {
    const held = seen(aDatabaseAnswer({migrationLockHeld: true}))
    const state = known(keptState({out: 'run-1'}))
    const service = known({state: 'active', words: 'active', configured: [], process: aProcess()} as const)
    const migrating = {...held, nodes: held.nodes.map(node => ({...node, state, service}))}
    expect(() => refuseNoDatabase(migrating, plan(restart))).toThrow(
      expect.objectContaining({code: 'MIGRATION_LOCK_HELD', node: 'gf1'}),
    )
    expect(() => refuseNoDatabase(migrating, plan({kind: 'undrain'}))).not.toThrow()
  })

  it('goes on where no Grafana is started', () => {
    expect(() => refuseNoDatabase(seen(wrong), plan({kind: 'undrain'}))).not.toThrow()
  })

  it('goes on where the database answers, or could not be asked', () => {
    for (const database of [aDatabaseAnswer(), undefined]) {
      expect(() => refuseNoDatabase(seen(database), plan(restart))).not.toThrow()
    }
  })
})
