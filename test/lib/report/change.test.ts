import {describe, expect, it} from 'vitest'
import {GhaError} from '../../../src/lib/errors/gha-error.ts'
import {changeDocument, changeText, type ShownChange} from '../../../src/lib/report/change.ts'

const error = new GhaError('it may not go: gf2 does not serve', {
  code: 'NOT_SAFE_TO_DRAIN',
  exit: 'preflight',
  node: 'gf1',
  step: 'may-it-go',
  unchanged: 'This node was not touched and serves.',
  hint: 'Bring the other nodes back first.',
})
const change = (state: 'restored' | 'held-out' | 'left-in'): ShownChange => ({
  result: state === 'restored' ? 'reverted' : 'partial',
  calledFor: 'rollout',
  plan: {verb: 'rollout', pending: []} as unknown as ShownChange['plan'],
  run: 'r1',
  milliseconds: 1000,
  nodes: [
    {
      node: 'gf1',
      result: 'failed',
      step: 'may-it-go',
      error,
      aftermath: state === 'restored' ? {state} : {state, reason: 'nobody answers'},
    },
  ],
})

describe('what a failed run says', () => {
  it('names the step, how the node stands, and the next command', () => {
    expect(changeText(change('restored')).split('\n').slice(1, 4)).toEqual([
      'gf1 failed at may-it-go: it may not go: gf2 does not serve',
      '  It is as it was before.',
      '  → Bring the other nodes back first.',
    ])
  })

  it('says why a node is held out', () => {
    expect(changeText(change('held-out'))).toContain('It is held out of the balancer: nobody answers.')
  })

  it('says of a node that nobody took out that it may be marked so', () => {
    expect(changeText(change('left-in'))).toContain(
      'Nobody has taken it out of the balancer, but it may be marked so: nobody answers.',
    )
  })

  it.each([
    ['rollout', 'gha rollout'],
    ['undo', 'gha rollout undo'],
  ] as const)('names the command that goes on with a %s', (calledFor, command) => {
    const failed = change('held-out')
    expect(changeText({...failed, calledFor})).toContain(`To go on: run \`${command}\` again;`)
  })

  it('holds an undo to what was before, not to gha.yaml', () => {
    const {plan} = change('held-out')
    for (const result of ['as-wished', 'partial'] as const)
      expect(changeText({calledFor: 'undo', plan, result})).not.toContain('gha.yaml')
  })

  it('tells machines the code, and leaves the exit to the run', () => {
    const {nodes, exit} = changeDocument(change('restored')) as {nodes: [{error: object}]; exit: number}
    expect(nodes[0].error).toMatchObject({code: 'NOT_SAFE_TO_DRAIN', hint: 'Bring the other nodes back first.'})
    expect(nodes[0].error).not.toHaveProperty('exit')
    expect(exit).toBe(9)
  })
})

describe('what a run says that was stopped', () => {
  const stopped = (...results: readonly ('done' | 'not-begun' | 'restored')[]) => {
    const nodes = results.map((result, place) => ({node: `gf${place + 1}`, result, milliseconds: 1}))
    const plan = {verb: 'rollout', pending: []} as unknown as ShownChange['plan']
    return changeText({
      calledFor: 'rollout',
      result: 'stopped',
      plan,
      nodes: nodes as ShownChange['nodes'] & object,
    }).split('\n')
  }

  it.each([
    [['not-begun', 'not-begun'], 'Stopped before any node was touched, as asked.'],
    [
      ['not-begun', 'restored'],
      'Stopped before the migration, as asked: all that made room for it serve again as before.',
    ],
    [['done', 'not-begun'], 'Stopped after the node under way, as asked; the others are as before.'],
  ] as const)('with %j: how its nodes stand', (results, sentence) => {
    expect(stopped(...results)[0]).toBe(sentence)
  })

  it('names the same command where gha.yaml went back with it', () => {
    expect(stopped('not-begun')[1]).toBe('To go on: run the same command again.')
    expect(stopped('done', 'not-begun')[1]).toContain('run `gha rollout` again')
  })
})

describe('what a run says of its balancers', () => {
  const done: ShownChange = {
    result: 'done',
    calledFor: 'rollout',
    plan: {verb: 'rollout', pending: [], skippedBalancers: ['lb2']} as unknown as ShownChange['plan'],
    cut: new Map([
      ['gf1', 12],
      ['gf2', 3],
    ]),
  }

  it('counts the connections that were cut', () => {
    expect(changeText(done)).toContain('Still open at the end of draining, and cut: 15 (gf1 12, gf2 3).')
    expect(changeDocument(done)).toMatchObject({cutConnections: {gf1: 12, gf2: 3}})
  })

  it('names the one that was skipped', () => {
    expect(changeText(done)).toContain('lb2 was skipped and knows nothing of this run')
    expect(changeDocument(done)).toMatchObject({skippedBalancers: ['lb2']})
  })
})
