import {describe, expect, it} from 'vitest'
import {refuseDrained} from '../../../../src/lib/actions/change/refuse-drained.ts'
import type {Survey} from '../../../../src/lib/actions/change/survey.ts'
import {known} from '../../../../src/lib/model/observation.ts'
import {aNodeObservation, keptState} from '../../../support/an-observation.ts'

const drained = {by: 'ann@desk', reason: 'new disk', forSeconds: 1800, ageSeconds: 60}

/** A plan whose nodes are drained one by one, while Ann keeps gf2 out. */
function survey(...nodes: readonly string[]): Survey {
  const waves = nodes.map(node => [{node, steps: [{kind: node === 'gf2' ? 'leave-drained' : 'drain'}]}])
  const observations = ['gf1', 'gf2'].map(node => ({
    ...aNodeObservation(),
    node,
    state: known(keptState(node === 'gf2' ? {drained} : {})),
  }))
  return {plan: {waves, step: {kind: 'none'}}, observation: {nodes: observations}} as unknown as Survey
}

describe('a node that an operator has drained', () => {
  it('stops a plan that would take another, with who and why', () => {
    expect(() => refuseDrained(survey('gf2', 'gf1'))).toThrow(
      expect.objectContaining({
        code: 'NODE_DRAINED',
        node: 'gf2',
        message: 'it is drained by ann@desk 1m ago for 30m: new disk, so no other node may go',
      }),
    )
  })

  it('is to come back before a step that one node migrates alone, which no limit makes smaller', () => {
    const {plan, observation} = survey('gf1', 'gf2')
    const alone = {plan: {...plan, step: {kind: 'single-writer', reason: ''}}, observation} as const
    const hintOf = (given: Parameters<typeof refuseDrained>[0]) => {
      try {
        refuseDrained(given)
      } catch (error) {
        return (error as {readonly hint?: string}).hint
      }
      return undefined
    }
    expect(hintOf(alone)).toBe(
      'Bring it back first with `gha undrain gf2`: a step that one node migrates alone takes every node with it.',
    )
    expect(hintOf({plan, observation})).toContain('`--limit gf2`')
  })

  it('may be changed alone', () => {
    expect(() => refuseDrained(survey('gf2'))).not.toThrow()
  })
})
