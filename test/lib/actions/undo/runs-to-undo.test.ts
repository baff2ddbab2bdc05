import {describe, expect, it} from 'vitest'
import {runsToUndo} from '../../../../src/lib/actions/undo/runs-to-undo.ts'
import type {RunStory} from '../../../../src/lib/rollout/run-stories.ts'

interface Told {
  readonly result?: string
  readonly releases?: Readonly<Record<string, {readonly from?: string; readonly to: string}>>
  readonly swapped?: readonly string[]
  readonly verb?: string
  /** It was cut while it waited to be confirmed. */
  readonly cutOnTrial?: true
  readonly finished?: readonly string[]
  readonly leavesPending?: true
}

function story(
  run: string,
  {result, releases = {}, swapped = Object.keys(releases), verb = 'rollout', cutOnTrial, finished = [], ...more}: Told,
): RunStory {
  return {
    run,
    outline: {verb, reason: '', by: '', to: '', step: 'none', nodes: [], ...more},
    ...(cutOnTrial ? {trying: {since: 0, until: 1}} : {}),
    startedAt: 0,
    lastAt: 0,
    underWay: [],
    finished,
    releases: new Map(Object.entries(releases)),
    swapped,
    ...(result ? {ended: {at: 0, result, outcomes: {}}} : {}),
  }
}

const ids = (stories: readonly RunStory[]) => stories.map(({run}) => run)
const undone = (...stories: readonly RunStory[]) => {
  const found = runsToUndo(stories)
  return found && {runs: ids(found.runs), before: Object.fromEntries(found.before), begun: ids(found.begun)}
}

describe('what an undo goes back to', () => {
  it('is what the nodes were before the last run', () => {
    const last = story('r2', {result: 'done', releases: {gf1: {from: 'b', to: 'c'}, gf2: {from: 'b', to: 'c'}}})
    const first = story('r1', {result: 'done', releases: {gf1: {from: 'a', to: 'b'}}})
    expect(undone(last, first)).toEqual({runs: ['r2'], before: {gf1: 'b', gf2: 'b'}, begun: []})
  })

  it.each(['stopped', 'partial', undefined])(
    'is before the run that was left %s, which the last had taken up',
    result => {
      const last = story('r3', {result: 'done', releases: {gf2: {from: 'a', to: 'c'}, gf1: {from: 'b', to: 'c'}}})
      const left = story('r2', {...(result ? {result} : {}), releases: {gf1: {from: 'a', to: 'b'}}})
      const whole = story('r1', {result: 'done', releases: {gf1: {from: 'z', to: 'a'}}})
      expect(undone(last, left, whole)).toEqual({runs: ['r3', 'r2'], before: {gf1: 'a', gf2: 'a'}, begun: []})
    },
  )

  it.each(['partial', undefined])(
    'is not before the run that was left %s after every node was done: it left nothing to take up',
    result => {
      const both = (from: string, to: string) => ({gf1: {from, to}, gf2: {from, to}})
      const end = result ? {result} : {}
      const last = story('r3', {result: 'done', releases: both('b', 'c')})
      const arrived = story('r2', {...end, releases: both('a', 'b'), finished: ['gf2', 'gf1']})
      const whole = story('r1', {result: 'done', releases: both('z', 'a')})
      expect(undone(last, arrived, whole)).toEqual({runs: ['r3'], before: {gf1: 'b', gf2: 'b'}, begun: []})
      const mixed = story('r2', {...end, releases: both('a', 'b'), finished: ['gf1']})
      expect(undone(last, mixed, whole)).toMatchObject({runs: ['r3', 'r2']})
      const undo = story('r3', {result: 'done', verb: 'undo', releases: both('b', 'a')})
      expect(undone(undo, arrived, whole)).toMatchObject({runs: ['r3', 'r2'], before: {gf1: 'a', gf2: 'a'}})
    },
  )

  it.each([{cutOnTrial: true}, {result: 'unconfirmed'}] as const)(
    'is what a trial has brought that nobody confirmed (%j), where the last run took it as it was',
    end => {
      const last = story('r3', {result: 'unconfirmed', releases: {gf1: {from: 'b', to: 'c'}}})
      const trial = story('r2', {...end, releases: {gf1: {from: 'a', to: 'b'}}})
      const whole = story('r1', {result: 'done', releases: {gf1: {from: 'z', to: 'a'}}})
      expect(undone(last, trial, whole)).toEqual({runs: ['r3'], before: {gf1: 'b'}, begun: []})
    },
  )

  it.each([{cutOnTrial: true}, {result: 'unconfirmed'}] as const)(
    'is never what a trial has brought that nobody confirmed (%j), where the last run has undone it',
    end => {
      const last = story('r3', {result: 'done', verb: 'undo', releases: {gf1: {from: 'b', to: 'a'}}})
      const trial = story('r2', {...end, releases: {gf1: {from: 'a', to: 'b'}}})
      const whole = story('r1', {result: 'done', releases: {gf1: {from: 'z', to: 'a'}}})
      expect(undone(last, trial, whole)).toEqual({runs: ['r3', 'r2'], before: {gf1: 'a'}, begun: []})
    },
  )

  const TO_B = {result: 'done', releases: {gf1: {from: 'a', to: 'b'}, gf2: {from: 'a', to: 'b'}}}
  const BACK = {verb: 'undo', releases: {gf1: {from: 'b', to: 'a'}, gf2: {from: 'b', to: 'a'}}, swapped: ['gf1']}

  it.each(['stopped', 'partial', 'failed', 'reverted', undefined])(
    'stays the same where the last run is an undo that was left %s',
    result => {
      const [left, first] = [story('r2', {...BACK, ...(result ? {result} : {})}), story('r1', TO_B)]
      const goal = {runs: ['r1'], before: {gf1: 'a', gf2: 'a'}, begun: ['r2']}
      expect(undone(left, first)).toEqual(goal)
      const again = story('r3', {...BACK, releases: {gf2: {from: 'b', to: 'a'}}, swapped: ['gf2']})
      expect(undone(again, left, first)).toEqual({...goal, begun: ['r3', 'r2']})
    },
  )

  it('is forward again after an undo that was taken up and done', () => {
    const last = story('r3', {verb: 'undo', result: 'done', releases: {gf2: {from: 'b', to: 'a'}}})
    expect(undone(last, story('r2', BACK), story('r1', TO_B))).toEqual({
      runs: ['r3', 'r2'],
      before: {gf1: 'b', gf2: 'b'},
      begun: [],
    })
  })

  it('is not touched by runs that swapped nothing', () => {
    const idle = story('r2', {result: 'failed', releases: {gf1: {from: 'b', to: 'c'}}, swapped: []})
    const last = story('r1', {result: 'done', releases: {gf1: {from: 'a', to: 'b'}}})
    expect(undone(idle, last)).toEqual({runs: ['r1'], before: {gf1: 'a'}, begun: []})
    expect(undone(idle)).toBe(undefined)
  })

  it('is before the runs with --limit, where the last one did the rest', () => {
    const limited = (run: string, node: string) =>
      story(run, {result: 'done', releases: {[node]: {from: 'a', to: 'b'}}, leavesPending: true})
    const rest = story('r3', {result: 'done', releases: {gf3: {from: 'a', to: 'b'}}})
    const whole = story('r0', {result: 'done', releases: {gf1: {from: 'z', to: 'a'}, gf3: {from: 'z', to: 'a'}}})
    const [second, first] = [limited('r2', 'gf2'), limited('r1', 'gf1')]
    expect(undone(rest, second, first, whole)).toEqual({
      runs: ['r3', 'r2', 'r1'],
      before: {gf1: 'a', gf2: 'a', gf3: 'a'},
      begun: [],
    })
    expect(undone(second, first, whole)).toEqual({runs: ['r2'], before: {gf2: 'a'}, begun: []})
    const undo = story('r3', {result: 'done', verb: 'undo', releases: {gf2: {from: 'b', to: 'a'}}})
    expect(undone(undo, second, first, whole)).toEqual({runs: ['r3'], before: {gf2: 'b'}, begun: []})
    const nothingLeft = story('r2', {result: 'done'})
    const later = story('r3', {result: 'done', releases: {gf1: {from: 'b', to: 'c'}}})
    expect(undone(later, nothingLeft, first, whole)).toEqual({runs: ['r3'], before: {gf1: 'b'}, begun: []})
  })

  it('is not before a run that a later one had only to bring back', () => {
    const both = (from: string, to: string) => ({gf1: {from, to}, gf2: {from, to}})
    const last = story('r4', {result: 'done', releases: both('b', 'c')})
    const cut = story('r2', {releases: both('a', 'b'), finished: ['gf1']})
    const whole = story('r1', {result: 'done', releases: both('z', 'a')})
    const between = (told: Told) => undone(last, story('r3', told), cut, whole)
    expect(between({result: 'done'})).toEqual({runs: ['r4'], before: {gf1: 'b', gf2: 'b'}, begun: []})
    const both2 = {runs: ['r4', 'r2'], before: {gf1: 'a', gf2: 'a'}, begun: []}
    expect(between({result: 'failed'})).toEqual(both2)
    expect(between({result: 'done', verb: 'apply', leavesPending: true})).toEqual(both2)
  })

  it('knows of a node that had nothing before', () => {
    expect(undone(story('r1', {result: 'done', releases: {gf1: {to: 'a'}}}))).toEqual({
      runs: ['r1'],
      before: {gf1: undefined},
      begun: [],
    })
  })
})
