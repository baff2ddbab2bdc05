import {describe, expect, it} from 'vitest'
import {isAsBefore, resultOf} from '../../../../src/lib/actions/change/result-of.ts'
import {GhaError} from '../../../../src/lib/errors/gha-error.ts'
import type {NodeOutcome} from '../../../../src/lib/rollout/node-outcome.ts'

const done = {node: 'gf1', result: 'done', milliseconds: 1} as const
const notBegun = {node: 'gf2', result: 'not-begun'} as const
const madeRoom = {node: 'gf3', result: 'restored'} as const
const error = new GhaError('no', {code: 'NOT_HEALTHY', exit: 'partial'})
const failed = (state: 'restored' | 'kept'): NodeOutcome =>
  ({node: 'gf1', result: 'failed', step: 'gate', error, aftermath: {state, reason: ''}}) as NodeOutcome

describe('what a run came to', () => {
  it.each([
    ['no node had anything to do', [], {result: 'done', before: false}],
    ['all are done', [done], {result: 'done', before: false}],
    ['it stopped after one', [done, notBegun], {result: 'stopped', before: false}],
    ['nothing was begun', [notBegun, madeRoom], {result: 'stopped', before: true}],
    ['the only one that was begun went back', [failed('restored'), notBegun], {result: 'reverted', before: true}],
    ['one went back after another was done', [done, failed('restored')], {result: 'partial', before: false}],
    ['one failed and serves as it is', [failed('kept'), notBegun], {result: 'partial', before: false}],
  ] as const)('where %s', (_, nodes, {result, before}) => {
    expect(resultOf(nodes)).toBe(result)
    expect(isAsBefore(nodes)).toBe(before)
  })

  it('is not as before where gha.yaml could not be put back', () => {
    expect(resultOf([failed('restored'), notBegun], 'left')).toBe('partial')
    expect(resultOf([failed('restored'), notBegun], 'back')).toBe('reverted')
    expect(resultOf([notBegun], 'left')).toBe('stopped')
  })
})
