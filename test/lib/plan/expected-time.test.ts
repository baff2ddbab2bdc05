import {describe, expect, it} from 'vitest'
import {expectedTime} from '../../../src/lib/plan/expected-time.ts'
import type {Plan} from '../../../src/lib/plan/plan.ts'

type Took = readonly (readonly [step: string, seconds: number])[]

/** A run that begins its first step after four seconds; one node after the other goes these steps. */
function journal(steps: Took, nodes: readonly string[] = ['gf1']): string {
  let at = 4000
  const lines = nodes.flatMap(node =>
    steps.flatMap(([step, seconds]) => {
      const started = {type: 'step-started', node, step, at}
      at += seconds * 1000
      return [started, {type: 'step-done', node, step, at}]
    }),
  )
  return [{type: 'run-started', at: 0}, ...lines, {type: 'run-ended', at}].map(line => JSON.stringify(line)).join('\n')
}

function plan(waves: readonly (readonly string[])[], healthySeconds = 10): Plan {
  const steps = [
    {kind: 'drain', timeoutSeconds: 30},
    {kind: 'activate', seconds: 60},
    {kind: 'gate', checks: [], healthySeconds, deadlineSeconds: 60},
  ]
  return {waves: waves.map(wave => wave.map(node => ({node, steps})))} as unknown as Plan
}

const usual: Took = [
  ['drain', 3],
  ['activate', 20],
  ['gate', 12],
]

describe('how long a plan will take', () => {
  it('is what its steps took, one node after the other, and what came before them', () => {
    expect(expectedTime(plan([['gf1'], ['gf2']]), [journal(usual)])).toEqual({seconds: 4 + 2 * 35, runs: 1})
  })

  it('is counted from the middle of what each step took', () => {
    const slow = journal([
      ['drain', 3],
      ['activate', 900],
      ['gate', 12],
    ])
    const quick = journal([
      ['drain', 3],
      ['activate', 10],
      ['gate', 12],
    ])
    expect(expectedTime(plan([['gf1']]), [quick, journal(usual), slow])).toEqual({seconds: 4 + 35, runs: 3})
    expect(expectedTime(plan([['gf1']]), [quick, journal(usual)])?.seconds).toBe(4 + 30)
  })

  it('counts the starts of nodes that go together, and the rest once', () => {
    expect(expectedTime(plan([['gf1', 'gf2', 'gf3']]), [journal(usual)])?.seconds).toBe(4 + 3 * 20 + 15)
  })

  it('is never less than the gate lasts now', () => {
    expect(expectedTime(plan([['gf1']], 45), [journal(usual)])?.seconds).toBe(4 + 23 + 45)
  })

  describe('with what few runs do', () => {
    const BACKED_UP = 'backup'
    const dump = {backup: {method: 'dump', directory: '/b'}}
    const stops = {
      window: {
        stops: ['gf2', 'gf3'].map(node => ({
          node,
          steps: [{kind: 'drain', timeoutSeconds: 30}, {kind: 'stop'}],
        })),
      },
    }
    const wish = (given: object): Plan => ({...plan([['gf1']]), ...given}) as unknown as Plan

    it('counts the copy of the database as past runs took it', () => {
      const backedUp = journal([[BACKED_UP, 100], ...usual])
      expect(expectedTime(wish(dump), [backedUp])).toEqual({seconds: 4 + 100 + 35, runs: 1})
      expect(expectedTime(plan([['gf1']]), [backedUp])).toEqual({seconds: 4 + 35, runs: 1})
      expect(expectedTime(wish({backup: {method: 'skip'}}), [backedUp])?.seconds).toBe(4 + 35)
    })

    it('counts the stop of the others once, for they stop together', () => {
      expect(expectedTime(wish(stops), [journal([...usual, ['stop', 5]])])).toEqual({seconds: 4 + 3 + 5 + 35, runs: 1})
    })

    it('says what of it is in none of them', () => {
      const without = ['backup', 'stops']
      expect(expectedTime(wish({...dump, ...stops}), [journal(usual)])).toEqual({seconds: 4 + 35, runs: 1, without})
    })
  })

  it('is not said where nothing is known of a step', () => {
    expect(expectedTime(plan([['gf1']]), [])).toBeUndefined()
    expect(expectedTime(plan([['gf1']]), [journal([['drain', 3]])])).toBeUndefined()
    expect(expectedTime(plan([]), [journal(usual)])).toBeUndefined()
  })

  it('leaves out steps that failed, and lines that were cut short', () => {
    const failed =
      '{"type":"step-started","node":"gf2","step":"gate","at":1}\n{"type":"step-failed","node":"gf2","step":"gate","at":900000}'
    const broken = `${journal(usual)}\n${failed}\n{"type":"step-do`
    expect(expectedTime(plan([['gf1']]), [broken, 'null\n7', ''])).toEqual({seconds: 39, runs: 1})
  })
})
