import {describe, expect, it} from 'vitest'
import {refuseNoWayBack, refuseTry} from '../../../../src/lib/actions/change/refuse-try.ts'
import type {Plan} from '../../../../src/lib/plan/plan.ts'
import {planFor} from '../../../support/rollout-plan.ts'
import {OLD, RolloutWorld} from '../../../support/rollout-world.ts'

const TRIES = {seconds: 300, over: () => undefined}
const REFUSED = expect.objectContaining({code: 'TRY_UNSUPPORTED', exit: 'unsupported'})
const plan = await planFor(new RolloutWorld({gf1: OLD, gf2: OLD}))

describe('a try', () => {
  it('is a rollout that can be undone', () => {
    refuseTry(plan, TRIES)
    refuseTry({...plan, step: {kind: 'none', reason: 'patch'}}, TRIES)
  })

  it('is refused over a migration that has the database alone', () => {
    const step = {kind: 'single-writer', reason: 'unified storage'} as const
    expect(() => refuseTry({...plan, step}, TRIES)).toThrow(REFUSED)
    refuseTry({...plan, step}, undefined)
  })

  it('is refused where no node gets another release', () => {
    const waves: Plan['waves'] = plan.waves.map(wave => wave.map(node => ({...node, steps: [{kind: 'undrain'}]})))
    expect(() => refuseTry({...plan, waves}, TRIES)).toThrow(REFUSED)
    expect(() => refuseTry({...plan, waves: []}, TRIES)).toThrow(REFUSED)
  })

  it('is refused where a node has nothing to go back to, before any is drained', () => {
    const staged = new Map([['gf1', {previous: OLD, wayBack: true}]])
    refuseNoWayBack(staged, TRIES)
    const lost = new Map([...staged, ['gf2', {previous: OLD, wayBack: false}]])
    expect(() => refuseNoWayBack(lost, TRIES)).toThrow(expect.objectContaining({node: 'gf2', exit: 'unsupported'}))
    expect(() => refuseNoWayBack(new Map([['gf1', {wayBack: true}]]), TRIES)).toThrow(REFUSED)
    const over = new Map([['gf1', {previous: OLD, wayBack: true, overMigration: true as const}]])
    expect(() => refuseNoWayBack(over, TRIES)).toThrow(REFUSED)
    refuseNoWayBack(lost, undefined)
  })
})
